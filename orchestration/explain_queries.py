"""What `funnel explain` reads; `$person` is a person_id, days are local dates."""

PERSON = """
    with given as (
        select
            $wanted as wanted,
            lower(trim(nfkc($wanted))) as address
    )
    select person_id
    from (
        select 1 as preference, lead_persons.person_id
        from intermediate.int_lead_persons as lead_persons
        inner join given on lead_persons.lead_id = given.wanted
        union all
        select 2 as preference, email_persons.person_id
        from intermediate.int_email_persons as email_persons
        inner join given on email_persons.normalized_email = given.address
    )
    order by preference, person_id
    limit 1
"""

PROFILE = """
    select
        created_date, lead_source, campaign, account_id, account_tier, fit_score, fit_grade,
        is_excluded, is_contactable, is_complete
    from intermediate.int_persons
    where person_id = $person
"""

RECORDS = """
    select
        lead_persons.lead_id,
        records.created_at,
        records.updated_at,
        string_agg(distinct links.link_type || ' with ' || links.linked_lead_id, ', ' order by
            links.link_type || ' with ' || links.linked_lead_id) as linked_by
    from intermediate.int_lead_persons as lead_persons
    inner join intermediate.int_lead_records as records on lead_persons.lead_id = records.lead_id
    left join intermediate.int_lead_links as links on lead_persons.lead_id = links.lead_id
    where lead_persons.person_id = $person
    group by lead_persons.lead_id, records.created_at, records.updated_at
    order by records.created_at, lead_persons.lead_id
"""

CONTRIBUTIONS = """
    select
        contributions.rule_id,
        scoring_rules.touchpoint_type,
        scoring_rules.content_type,
        contributions.active_count,
        contributions.points,
        contributions.valid_to
    from marts.fct_score_contributions as contributions
    left join rules.scoring_rules as scoring_rules on contributions.rule_id = scoring_rules.rule_id
    where
        contributions.person_id = $person
        and contributions.valid_from <= $day
        and (contributions.valid_to is null or contributions.valid_to > $day)
        and contributions.active_count > 0
    order by abs(contributions.points) desc, contributions.rule_id
"""

QUALIFICATIONS = """
    select qualified_from, qualified_to, trigger, score_at_entry
    from marts.fct_qualifications
    where person_id = $person
    order by qualified_from
"""

CYCLES = """
    select
        cycle_number, started_date, mql_date, handed_off_date, sal_date, appointment_date,
        opportunity_date, won_date, furthest_stage, outcome
    from marts.fct_lead_cycles
    where person_id = $person
    order by cycle_number
"""

HANDOFFS = """
    select
        handed_off_date, sales_team, sales_rep, routed_by, score_at_handoff, acceptance_deadline,
        cast(first_touch_at as date), cast(accepted_at as date), outcome
    from marts.fct_handoffs
    where person_id = $person
    order by handed_off_at, handoff_id
"""

TIMELINE = """
    select occurred_at, feed, what, place, known_date
    from (
        select
            occurred_at, occurred_date, feed, touchpoint_type as what,
            coalesce(page_path, campaign) as place, known_date, touchpoint_id as row_id
        from marts.fct_touchpoints
        where person_id = $person
        union all
        select
            occurred_at, occurred_date, 'sales', disposition, sales_team, null, disposition_id
        from intermediate.int_dispositions
        where person_id = $person
    )
    where occurred_date between $first and $last
    order by occurred_at, feed, row_id
"""
