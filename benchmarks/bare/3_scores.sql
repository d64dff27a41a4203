-- rolling scores and the spells in which a person qualifies

create table fct_score_contributions as
with active as (
    select person_id, rule_id, known_date as active_from, occurred_date + window_days as active_to, sum(n) as n
    from (
        select person_id, touchpoint_type, content_type, occurred_date, known_date, count(*) as n
        from fct_touchpoints group by all
    ) as touches
    join scoring_rules as rules
        on touches.touchpoint_type = rules.touchpoint_type
        and (rules.content_type is null or rules.content_type = touches.content_type)
        and occurred_date >= valid_from and occurred_date < valid_to
    where known_date < occurred_date + window_days
    group by all
),
changes as (
    select person_id, rule_id, day, sum(change) as change
    from (
        select person_id, rule_id, active_from as day, n as change from active
        union all
        select person_id, rule_id, active_to, -n from active where active_to <= getvariable('as_of')
    )
    group by all having sum(change) <> 0
)
select person_id, rule_id, day as valid_from, lead(day) over person_and_rule as valid_to,
    sum(change) over person_and_rule::bigint as active_count,
    (sign(points) * least(max_points, abs(points) * (active_count // every)))::bigint as points
from changes join scoring_rules using (rule_id)
window person_and_rule as (partition by person_id, rule_id order by day);

create table fct_lead_scores as
with changes as (
    select person_id, day, sum(change) as change
    from (
        select person_id, valid_from as day,
            points - lag(points, 1, 0) over (partition by person_id, rule_id order by valid_from) as change
        from fct_score_contributions
    )
    group by person_id, day
    qualify sum(change) <> 0 or row_number() over (partition by person_id order by day) = 1
)
select person_id, day as valid_from, lead(day) over person as valid_to,
    sum(change) over person::bigint as behavior_score
from changes
window person as (partition by person_id order by day);

-- a win that an opportunity or a loss of the same deal follows was none
create temp table dispositions as
with mapped as (
    select events.* exclude (disposition), local_date(occurred_at) as occurred_date,
        coalesce(map.disposition, 'unknown') as mapped
    from matched('sales_dispositions') as events
    left join rule_file('disposition_map') as map
        on lower(trimmed(events.disposition)) = lower(trimmed(map.raw_disposition))
)
select disposition_id, occurred_at, occurred_date, person_id,
    case
        when mapped = 'won' and person_id is not null and opportunity_id is not null
            and bool_or(mapped in ('opportunity', 'lost')) over (
                partition by person_id, opportunity_id order by occurred_at, disposition_id
                rows between 1 following and unbounded following
            ) then 'opportunity'
        else mapped
    end as disposition,
    with_hashed_addresses(sales_team) as sales_team, with_hashed_addresses(sales_rep) as sales_rep,
    with_hashed_addresses(routed_by) as routed_by, without_phones(without_addresses(reason)) as reason,
    amount, opportunity_id
from mapped;

insert into unresolved_events
select 'sales', month_of(occurred_date), count(*) from dispositions where person_id is null group by all;

create table fct_qualifications as
with candidates as materialized (
    select person_id, created_date as first_day, coalesce(won_date, getvariable('as_of') + 1) as end_day,
        min_score::bigint as min_score, fit_grade, account_tier
    from persons
    left join rule_file('qualification_rules') using (fit_grade)
    left join (
        select person_id, min(occurred_date) as won_date from dispositions where disposition = 'won' group by all
    ) using (person_id)
    where is_contactable and not is_excluded and first_day < end_day
),
ranges as (
    select person_id, valid_from, valid_to, false as is_hand_raise
    from fct_lead_scores join candidates using (person_id) where behavior_score >= min_score
    union all
    select person_id, gains.valid_from, gains.valid_to, true
    from fct_score_contributions as gains join scoring_rules using (rule_id)
    where hand_raise and active_count >= every
    union all
    -- a threshold of 0 is met before the first score too
    select person_id, first_day, first_scored, false
    from candidates
    left join (select person_id, min(valid_from) as first_scored from fct_lead_scores group by all) using (person_id)
    where min_score <= 0
),
clipped as (
    select person_id, greatest(valid_from, first_day) as valid_from,
        least(coalesce(valid_to, end_day), end_day) as valid_to, is_hand_raise
    from ranges join candidates using (person_id)
    where greatest(valid_from, first_day) < least(coalesce(valid_to, end_day), end_day)
),
marked as (
    select *, valid_from > coalesce(
        max(valid_to) over (
            partition by person_id order by valid_from, is_hand_raise, valid_to
            rows between unbounded preceding and 1 preceding
        ) + getvariable('requalify_cooldown_days'), '0001-01-01'
    ) as is_new
    from clipped
),
numbered as (
    select *, count(*) filter (is_new) over (
        partition by person_id order by valid_from range between unbounded preceding and current row
    ) as spell
    from marked
),
spells as (
    select person_id, min(valid_from) as qualified_from, max(valid_to) as qualified_to,
        min(valid_from) filter (is_hand_raise) as raised_from
    from numbered group by person_id, spell
)
select person_id, qualified_from, if(qualified_to <= getvariable('as_of'), qualified_to, null) as qualified_to,
    if(raised_from = qualified_from, 'hand_raise', 'score') as trigger,
    coalesce(behavior_score, 0) as score_at_entry, fit_grade, account_tier
from spells join candidates using (person_id)
left join fct_lead_scores as scores
    on spells.person_id = scores.person_id and qualified_from >= valid_from
    and qualified_from < coalesce(valid_to, 'infinity');
