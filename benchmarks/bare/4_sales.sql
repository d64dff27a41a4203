-- hand-offs, ignore rates and lead cycles

create temp table calendar as
select day::date as date_day, holidays.date is not null as is_holiday,
    isodow(day) <= 5 and not is_holiday as is_business_day,
    count(*) filter (is_business_day) over (order by day) as business_day_number
from generate_series(timestamp '1999-12-31', getvariable('as_of') + interval 3 years, interval 1 day) as days (day)
left join (select distinct date::date as date from rule_file('holidays')) as holidays on day::date = holidays.date;

create temp table numbered as
select *, row_number() over (partition by person_id order by occurred_at, disposition_id) as place
from dispositions where person_id is not null;

-- losses of one deal while another of the person is open
create temp table partial_losses as
with deals as (
    select *, least(
        min(place) filter (
            disposition in ('won', 'rejected', 'recycled') or (disposition = 'lost' and opportunity_id is null)
        ) over (partition by person_id order by place rows between 1 following and unbounded following),
        min(place) filter (disposition = 'lost') over (
            partition by person_id, opportunity_id order by place rows between 1 following and unbounded following
        )
    ) as ended_at
    from numbered
)
select lost.disposition_id
from (from numbered where disposition = 'lost' and opportunity_id is not null) as lost
semi join (from deals where disposition = 'opportunity' and opportunity_id is not null) as other
    on lost.person_id = other.person_id and lost.opportunity_id <> other.opportunity_id
    and lost.place > other.place and lost.place < coalesce(other.ended_at, 9223372036854775807);

-- one walk over each person's dispositions: which of them closes a cycle, which opens one after a win
create temp table walked as
with progress as (
    select *, disposition in ('handed_off', 'accepted', 'appointment', 'opportunity') as is_progress,
        disposition in ('won', 'lost', 'rejected', 'recycled')
            and disposition_id not in (select disposition_id from partial_losses) as may_close,
        count(*) filter (is_progress) over before_it as progress
    from numbered
    window before_it as (partition by person_id order by place rows between unbounded preceding and 1 preceding)
),
reached as (
    select *, progress > coalesce(max(progress) filter (may_close) over before_it, 0) as has_progress,
        coalesce(max(progress) filter (disposition = 'won') over before_it = progress, false) as is_after_win
    from progress
    window before_it as (partition by person_id order by place rows between unbounded preceding and 1 preceding)
),
closing as (
    select *, is_after_win and (is_progress or disposition = 'won') as is_opening, case disposition
        when 'won' then true
        when 'lost' then may_close and not is_after_win
        else may_close and has_progress
    end as is_closing
    from reached
)
select * exclude (is_progress, may_close, progress, has_progress, is_after_win, place),
    if(
        is_opening or not is_after_win,
        1 + count(*) filter (is_opening) over (partition by person_id order by place)
            + count(*) filter (is_closing and disposition <> 'won') over (
                partition by person_id order by place rows between unbounded preceding and 1 preceding
            ),
        null
    ) as cycle_number
from closing;

create temp table sla as
select account_tier, acceptance_business_days::bigint as days from rule_file('handoff_sla');

create table fct_handoffs as
with handoffs as (
    select *, lead(occurred_at) over (partition by person_id order by occurred_at, disposition_id) as next_at
    from (
        from walked where disposition = 'handed_off'
        qualify row_number() over (partition by person_id, occurred_date order by occurred_at, disposition_id) = 1
    )
),
answered as (
    select handoffs.disposition_id as handoff_id,
        min(answers.occurred_at) filter (answers.disposition in ('accepted', 'appointment', 'opportunity', 'won'))
            as accepted_at,
        min(answers.occurred_at) filter (
            answers.disposition in ('attempted', 'contacted', 'appointment', 'opportunity', 'won')
        ) as first_touch_at,
        min({'at': answers.occurred_at, 'id': answers.disposition_id, 'reason': answers.reason}) filter (
            answers.disposition in ('rejected', 'recycled')
        ) as rejection,
        min(answers.occurred_at) filter (answers.disposition = 'withdrawn') as withdrawn_at
    from handoffs
    join walked as answers
        on handoffs.person_id = answers.person_id and answers.occurred_at >= handoffs.occurred_at
        and answers.occurred_at < coalesce(handoffs.next_at, 'infinity')
    group by handoffs.disposition_id
),
due as (
    select handoffs.*, answered.*, lead_source, fit_grade, persons.account_tier,
        business_day_number + coalesce(own.days, usual.days) as due_day_number
    from handoffs
    join answered on disposition_id = handoff_id
    join persons on handoffs.person_id = persons.person_id
    join calendar on occurred_date = date_day
    left join sla as own on persons.account_tier = own.account_tier
    join sla as usual on usual.account_tier = 'default'
),
dated as (
    select due.*, date_day as acceptance_deadline, acceptance_deadline <= getvariable('as_of') as is_mature,
        coalesce(local_date(accepted_at) <= acceptance_deadline, false) as is_in_time
    from due join (from calendar where is_business_day) on due_day_number = business_day_number
)
select handoff_id, dated.person_id, cycle_number, occurred_at as handed_off_at, occurred_date as handed_off_date,
    sales_team, sales_rep, routed_by, without_addresses(lead_source) as lead_source, fit_grade, account_tier,
    coalesce(behavior_score, 0) as score_at_handoff, acceptance_deadline, first_touch_at, accepted_at,
    rejection.at as rejected_at, rejection.reason as reason,
    case
        when is_in_time then 'accepted'
        when accepted_at is not null then 'accepted_late'
        when withdrawn_at is not null then 'withdrawn'
        when rejected_at is not null then 'rejected'
        when not is_mature then 'pending'
        when first_touch_at is not null then 'stalled'
        else 'untouched'
    end as outcome,
    is_mature, is_mature and outcome <> 'withdrawn' and not is_in_time as is_ignored_at_deadline,
    (epoch_us(first_touch_at) - epoch_us(handed_off_at)) / 3600000000 as hours_to_first_touch,
    is_mature and outcome in ('rejected', 'stalled', 'untouched') as is_ignored
from dated
left join fct_lead_scores as scores
    on dated.person_id = scores.person_id and occurred_date >= valid_from
    and occurred_date < coalesce(valid_to, 'infinity');

create temp macro with_rates(counts) as table
    select *, ignored / nullif(mature_handoffs, 0) as ignore_rate,
        (accepted + accepted_late) / nullif(mature_handoffs, 0) as sal_rate,
        no_follow_up / nullif(mature_handoffs, 0) as no_follow_up_rate,
        ignored_at_deadline / nullif(mature_handoffs, 0) as ignored_at_deadline_rate,
        accepted_late / nullif(ignored_at_deadline, 0) as rescue_rate
    from query_table(counts);

create temp table handoff_counts as
with judged as (
    select *, is_mature and outcome <> 'withdrawn' as is_judged from fct_handoffs
)
select month_of(handed_off_date) as handoff_month, coalesce(sales_team, 'unknown') as sales_team,
    coalesce(routed_by, 'unknown') as routed_by, coalesce(lead_source, 'unknown') as lead_source,
    coalesce(account_tier, 'unknown') as account_tier, coalesce(fit_grade, 'unknown') as fit_grade,
    count(*) as handoffs, count(*) filter (is_judged) as mature_handoffs,
    count(*) filter (not is_mature and outcome <> 'withdrawn') as not_mature,
    count(*) filter (outcome = 'withdrawn') as withdrawn,
    count(*) filter (is_judged and outcome = 'accepted') as accepted,
    count(*) filter (is_judged and outcome = 'accepted_late') as accepted_late,
    count(*) filter (is_judged and outcome = 'rejected') as rejected,
    count(*) filter (is_judged and outcome = 'stalled') as stalled,
    count(*) filter (is_judged and outcome = 'untouched') as untouched,
    count(*) filter (is_judged and accepted_at is null and first_touch_at is null) as no_follow_up,
    count(*) filter (is_ignored_at_deadline) as ignored_at_deadline,
    count(*) filter (is_ignored) as ignored
from judged
group by all;

create table ignore_rate as from with_rates('handoff_counts');

create temp table monthly_counts as
select handoff_month, sum(columns(* exclude (
    handoff_month, sales_team, routed_by, lead_source, account_tier, fit_grade
)))::bigint
from handoff_counts group by handoff_month;

create table ignore_rate_monthly as
select * exclude (z, n, scale, centre, margin)
from (
select *,
    1.959964 as z, mature_handoffs as n, 1 + z * z / nullif(n, 0) as scale,
    (ignore_rate + z * z / (2 * nullif(n, 0))) / scale as centre,
    z * sqrt(ignore_rate * (1 - ignore_rate) / nullif(n, 0) + z * z / (4.0 * n * n)) / scale as margin,
    if(n > 0, greatest(0, centre - margin), null) as ignore_rate_low,
    if(n > 0, least(1, centre + margin), null) as ignore_rate_high,
    (
        select count(*) > 5 from calendar
        where is_business_day and date_day > (select max(occurred_date) from dispositions)
            and date_day <= getvariable('as_of')
    ) as is_feed_stale,
    not exists (
        from walked
        join (
            select person_id, min(occurred_at) as first_at from walked where disposition = 'handed_off' group by all
        ) as handed_off using (person_id)
        where disposition in ('attempted', 'contacted', 'accepted', 'rejected') and occurred_at >= first_at
    ) as is_outcome_only
from with_rates('monthly_counts')
);

create table fct_lead_cycles as
with closings as materialized (
    select person_id, cycle_number, occurred_date as closed_date, disposition as outcome
    from walked where is_closing
),
cycles as (
    select person_id, 1 as cycle_number, created_date as started_date from persons
    union all
    select person_id, cycle_number + 1, closed_date from closings where outcome <> 'won'
    union all
    select person_id, cycle_number, occurred_date from walked where is_opening
),
spells as (
    select person_id, cycle_number, min(qualified_from) as mql
    from cycles join fct_qualifications using (person_id) left join closings using (person_id, cycle_number)
    where qualified_from <= coalesce(closed_date, getvariable('as_of'))
        and (qualified_from > started_date or (cycle_number = 1 and qualified_from = started_date))
    group by all
),
own as (
    select person_id, cycle_number, min(occurred_date) filter (disposition = 'handed_off') as handed_off,
        min(occurred_date) filter (disposition = 'accepted') as sal,
        min(occurred_date) filter (disposition = 'appointment') as appointment,
        min(occurred_date) filter (disposition = 'opportunity') as opportunity,
        min(occurred_date) filter (disposition = 'won') as won,
        coalesce(
            any_value(amount) filter (disposition = 'won'),
            arg_max_null(amount, row(is_of_won_deal, occurred_at, disposition_id)) filter (disposition = 'opportunity')
        ) as amount
    from (
        select *, coalesce(opportunity_id = any_value(opportunity_id) filter (disposition = 'won') over (
            partition by person_id, cycle_number
        ), false) as is_of_won_deal
        from walked where cycle_number is not null
    )
    group by all
)
select person_id, cycle_number, started_date, without_addresses(lead_source) as lead_source, fit_grade, account_tier,
    least(mql, handed_off, sal, appointment, opportunity, won) as mql_date,
    least(handed_off, sal, appointment, opportunity, won) as handed_off_date,
    least(sal, appointment, opportunity, won) as sal_date, least(appointment, opportunity, won) as appointment_date,
    least(opportunity, won) as opportunity_date, won as won_date,
    coalesce(bool_or(closings.outcome = 'won') over (
        partition by person_id order by cycle_number rows between unbounded preceding and 1 preceding
    ), false) as is_customer,
    list_count(list_filter([
        (mql_date, mql), (handed_off_date, handed_off), (sal_date, sal), (appointment_date, appointment),
        (opportunity_date, opportunity)
    ], lambda pair: pair[1] < coalesce(pair[2], 'infinity'))) as implied_stages,
    case
        when won_date is not null then 'won'
        when opportunity_date is not null then 'opportunity'
        when appointment_date is not null then 'appointment'
        when sal_date is not null then 'sal'
        when handed_off_date is not null then 'handed_off'
        when mql_date is not null then 'mql'
        else 'lead'
    end as furthest_stage,
    coalesce(closings.outcome, 'open') as outcome, closed_date, amount
from cycles
join persons using (person_id)
left join closings using (person_id, cycle_number)
left join spells using (person_id, cycle_number)
left join own using (person_id, cycle_number);
