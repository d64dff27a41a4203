"""What `funnel explain` reads; `$person` is a person_id, `$day` a local date, `$zone` its zone."""

from pipelines.personal.spellings import phone_of


def local_date(instant: str) -> str:
    """The day of a UTC instant in the reporting time zone."""
    return f"cast(timezone($zone, timezone('UTC', {instant})) as date)"


def known(instant: str) -> str:
    """The day of a UTC instant, if it has come by then."""
    return f"case when {local_date(instant)} <= $day then {local_date(instant)} end"


# a number, an address or a browser may lead to several people, and an account always may
PERSON = f"""
    with given as (
        select
            $wanted as wanted,
            lower(trim(nfkc($wanted))) as address,
            {phone_of("$wanted")} as phone
    ),
    found as (
        select 1 as preference, lead_persons.person_id
        from intermediate.int_lead_persons as lead_persons
        inner join given on lead_persons.lead_id = given.wanted
        union all
        select 2 as preference, email_persons.person_id
        from intermediate.int_email_persons as email_persons
        inner join given on email_persons.normalized_email = given.address
        union all
        select 3, lead_persons.person_id
        from intermediate.int_lead_records as records
        inner join given on records.normalized_phone = given.phone
        inner join intermediate.int_lead_persons as lead_persons
            on records.lead_id = lead_persons.lead_id
        union all
        select 4, handoffs.person_id
        from marts.fct_handoffs as handoffs
        inner join given on handoffs.handoff_id = given.wanted
        union all
        select 5, dispositions.person_id
        from intermediate.int_dispositions as dispositions
        inner join given on dispositions.opportunity_id = given.wanted
        union all
        select 6, web_events.person_id
        from intermediate.int_web_events as web_events
        inner join given on web_events.anonymous_id = given.wanted
        union all
        select 7, persons.person_id
        from intermediate.int_persons as persons
        inner join given on persons.account_id = given.wanted
    )
    select distinct person_id
    from found
    where
        person_id is not null
        and preference = (select min(preference) from found where person_id is not null)
    order by person_id
"""

PROFILE = """
    select
        created_date, lead_source, campaign, account_id, account_tier, fit_score, fit_grade,
        is_excluded, is_contactable, is_complete
    from intermediate.int_persons
    where person_id = $person
"""

RECORDS = f"""
    with records as (
        select
            lead_persons.lead_id,
            records.created_at,
            {local_date("records.created_at")} as created_date,
            {local_date("records.updated_at")} as updated_date
        from intermediate.int_lead_persons as lead_persons
        inner join intermediate.int_lead_records as records
            on lead_persons.lead_id = records.lead_id
        where
            lead_persons.person_id = $person
            and {local_date("records.created_at")} <= $day
    ),
    links_known as (
        select links.lead_id, links.link_type || ' with ' || links.linked_lead_id as link
        from intermediate.int_lead_links as links
        inner join records on links.linked_lead_id = records.lead_id
    ),
    aliases as (
        select
            versions.lead_id,
            versions.created_at,
            {local_date("versions.created_at")} as created_date,
            {known("versions.updated_at")} as updated_date,
            'deleted, merged into ' || versions.merged_into_lead_id as linked_by
        from intermediate.int_lead_persons as lead_persons
        inner join intermediate.int_lead_versions as versions
            on lead_persons.lead_id = versions.lead_id
        where
            lead_persons.person_id = $person
            and lead_persons.is_alias
            and versions.is_current
            and {local_date("versions.created_at")} <= $day
    )
    select lead_id, created_date, updated_date, linked_by
    from (
        select
            records.lead_id,
            records.created_at,
            records.created_date,
            case when records.updated_date <= $day then records.updated_date end as updated_date,
            string_agg(distinct links_known.link, ', ' order by links_known.link) as linked_by
        from records
        left join links_known on records.lead_id = links_known.lead_id
        group by all
        union all
        select lead_id, created_at, created_date, updated_date, linked_by
        from aliases
    )
    order by created_at, lead_id
"""

DELETED = """
    select
        cast(timezone($zone, timezone('UTC', updated_at)) as date) as deleted_date,
        merged_into_lead_id
    from intermediate.int_lead_versions
    where lead_id = $wanted and is_current and is_deleted
"""

CONTRIBUTIONS = """
    select
        contributions.rule_id,
        scoring_rules.touchpoint_type
        || coalesce(' on ' || scoring_rules.content_type, '') as touchpoint,
        contributions.active_count,
        contributions.points
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
    select
        qualified_from,
        case when qualified_to <= $day then qualified_to end as qualified_to,
        trigger,
        score_at_entry
    from marts.fct_qualifications
    where person_id = $person and qualified_from <= $day
    order by qualified_from
"""

# one row per cycle and stage that it had reached, and one for its end
CYCLES = """
    with cycles as (
        select * from marts.fct_lead_cycles
        where person_id = $person and started_date <= $day
    ),
    steps as (
        select
            cycle_number,
            unnest([
                'lead', 'mql', 'handed off', 'sal', 'appointment', 'opportunity', 'won',
                'closed: ' || outcome
            ]) as step,
            unnest([
                started_date, mql_date, handed_off_date, sal_date, appointment_date,
                opportunity_date, won_date, closed_date
            ]) as step_date,
            unnest(range(8)) as position
        from cycles
    )
    select cycle_number, step, step_date
    from steps
    where step_date <= $day
    order by cycle_number, position
"""

# the contract's outcome with the day in place of the reported one
HANDOFFS = f"""
    with answers as (
        select
            handoffs.handed_off_at,
            handoffs.handoff_id,
            handoffs.handed_off_date,
            handoffs.sales_team,
            handoffs.sales_rep,
            handoffs.routed_by,
            handoffs.score_at_handoff,
            handoffs.acceptance_deadline,
            {known("handoffs.first_touch_at")} as touched_date,
            {known("handoffs.accepted_at")} as accepted_date,
            {known("handoffs.rejected_at")} as rejected_date,
            {known("windows.withdrawn_at")} as withdrawn_date
        from marts.fct_handoffs as handoffs
        inner join intermediate.int_handoffs as windows on handoffs.handoff_id = windows.handoff_id
        where handoffs.person_id = $person and handoffs.handed_off_date <= $day
    )
    select
        handed_off_date, sales_team, sales_rep, routed_by, score_at_handoff, acceptance_deadline,
        touched_date, accepted_date, rejected_date, withdrawn_date,
        case
            when accepted_date <= acceptance_deadline then 'accepted'
            when accepted_date is not null then 'accepted_late'
            when withdrawn_date is not null then 'withdrawn'
            when rejected_date is not null then 'rejected'
            when acceptance_deadline > $day then 'pending'
            when touched_date is not null then 'stalled'
            else 'untouched'
        end as outcome
    from answers
    order by handed_off_at, handoff_id
"""

TIMELINE = """
    select
        strftime(timezone($zone, timezone('UTC', occurred_at)), '%Y-%m-%d %H:%M:%S') as at,
        feed,
        what,
        place
    from (
        select
            occurred_at, occurred_date, feed, touchpoint_type as what,
            coalesce(page_path, campaign) as place, known_date, touchpoint_id as row_id
        from marts.fct_touchpoints
        where person_id = $person
        union all
        select
            occurred_at, occurred_date, 'sales', disposition, sales_team, occurred_date,
            disposition_id
        from intermediate.int_dispositions
        where person_id = $person
    )
    where occurred_date between $first and $day and known_date <= $day
    order by occurred_at, feed, row_id
"""
