-- cohorts, daily funnel, conversion curves, attribution and the scorecard

create table funnel_cohorts as
select month_of(started_date) as cohort_month, lead_source, fit_grade, account_tier, cycle_number > 1 as is_returning,
    count(*) as cycles, count(mql_date) as mql, count(handed_off_date) as handed_off, count(sal_date) as sal,
    count(appointment_date) as appointment, count(opportunity_date) as opportunity, count(won_date) as won,
    coalesce(sum(amount) filter (won_date is not null), 0) as won_amount
from fct_lead_cycles group by all;

-- one row per cycle and stage reached, with the date of the next one
create temp table stages as
select person_id, cycle_number, lead_source, started_date, closed_date, coalesce(amount, 0) as amount,
    unnest(['lead', 'mql', 'handed_off', 'sal', 'appointment', 'opportunity', 'won']) as stage,
    unnest([started_date, mql_date, handed_off_date, sal_date, appointment_date, opportunity_date, won_date])
        as reached_date,
    unnest([mql_date, handed_off_date, sal_date, appointment_date, opportunity_date, won_date, null]) as next_date
from fct_lead_cycles;

create table funnel_daily as
with first_lead as (select min(created_date) as first_day from persons),
spans as (
    select stage, lead_source, reached_date, greatest(reached_date, started_date, first_day) as open_from,
        least(next_date, closed_date) as open_to, first_day
    from stages cross join first_lead where reached_date is not null
),
changes as (
    select stage, lead_source, open_from as day, 1 as change from spans where open_to is null or open_from < open_to
    union all
    select stage, lead_source, open_to, -1 from spans where open_from < open_to
),
levels as (
    select stage, lead_source, day, sum(sum(change)) over run as level, lead(day) over run as next_day
    from changes group by stage, lead_source, day
    window run as (partition by stage, lead_source order by day)
)
select date, stage, lead_source, sum(entered)::bigint as entered, sum(level)::bigint as open_at_end
from (
    select reached_date as date, stage, lead_source, 1 as entered, 0 as level from spans where reached_date >= first_day
    union all
    select unnest(range(day, coalesce(next_day, getvariable('as_of') + 1), interval 1 day))::date, stage, lead_source,
        0, level
    from levels where level > 0
)
group by all;

create table conversion_curve as
with waits as (
    select date_trunc('quarter', started_date)::date as cohort_quarter, stage,
        greatest(coalesce(reached_date, closed_date, getvariable('as_of')) - started_date, 0) as days_since_start,
        count(*) as ended, count(coalesce(reached_date, closed_date)) as decided, count(reached_date) as reached
    from stages where stage <> 'lead' group by all
),
risks as (
    select *, sum(ended) over (
        partition by cohort_quarter, stage order by days_since_start rows between current row and unbounded following
    )::bigint as at_risk
    from waits
),
survivors as (
    select *, coalesce(product(1 - decided / at_risk) over (
        partition by cohort_quarter, stage order by days_since_start rows between unbounded preceding and 1 preceding
    ), 1) as survived
    from risks
)
select cohort_quarter, stage, days_since_start, at_risk, reached, sum(survived * reached / at_risk) over (
    partition by cohort_quarter, stage order by days_since_start
) as share
from survivors
qualify reached > 0;

create table attribution as
with conversion_days as (
    select distinct person_id, reached_date from stages
    where stage in ('mql', 'sal', 'opportunity', 'won') and reached_date is not null
),
touches as (
    select days.person_id, reached_date, channel, campaign, row_number() over touch as position,
        count(*) over conversion as touches, pow(2, -(reached_date - occurred_date) / 7) as weight,
        sum(weight) over conversion as weights
    from conversion_days as days
    join fct_touchpoints as touchpoints
        on days.person_id = touchpoints.person_id and occurred_date > reached_date - 90
        and occurred_date <= reached_date and known_date <= reached_date
    window conversion as (partition by days.person_id, reached_date),
        touch as (partition by days.person_id, reached_date order by occurred_at, touchpoint_id)
),
credits as (
    select person_id, reached_date, channel, campaign, sum((position = 1)::double) as first,
        sum((position = touches)::double) as last, sum(1 / touches) as linear,
        sum(case
            when touches <= 2 then 1 / touches
            when position in (1, touches) then 0.4
            else 0.2 / (touches - 2)
        end) as position, sum(weight / weights) as time_decay
    from touches group by all
),
credited as (
    select stage as conversion_stage, coalesce(channel, 'unattributed') as channel, campaign,
        month_of(reached_date) as month, amount,
        unnest(['first', 'last', 'linear', 'position', 'time_decay']) as model,
        unnest(if(channel is null, [1, 1, 1, 1, 1], [first, last, linear, position, time_decay])) as credit
    from stages left join credits using (person_id, reached_date)
    where stage in ('mql', 'sal', 'opportunity', 'won') and reached_date is not null
)
select conversion_stage, model, channel, campaign, month, sum(credit) as credit,
    sum(credit * amount::double) as credited_amount
from credited where credit > 0
group by all;

create table kpi_scorecard as
with visits as (
    select month_of(occurred_date) as month, count(distinct anonymous_id) as visitors,
        count(distinct anonymous_id) filter (is_identified) as identified_visitors
    from web where not is_bot and anonymous_id is not null group by all
),
touches as (
    select month_of(occurred_date) as month, touchpoint_type, count(*) as n from fct_touchpoints group by all
),
mail_figures as (
    select metric, mail_type, month_of(local_date(instant)) as month, count(*) as n
    from (
        select mail_type,
            unnest([
                'mails_sent', 'mails_delivered', 'mail_openers', 'mail_clickers', 'mail_unsubscribes', 'mail_replies'
            ]) as metric,
            unnest([sent_at, delivered_at, opened_at, clicked_at, unsubscribed_at, replied_at]) as instant
        from recipients
    )
    where instant is not null
    group by all
    union all
    select 'mail_conversions', mail_type, month_of(local_date(clicked_at)), count(*) from mail_conversions group by all
),
figures as (
    select 'touchpoints' as metric, month, n from touches
    union all
    select 'touchpoints:' || touchpoint_type, month, n from touches
    union all
    select if(touchpoint_type = 'inquiry', 'inquiries', touchpoint_type || 's'), month, n from touches
    where touchpoint_type in ('newsletter_signup', 'document_request', 'download', 'webinar_signup', 'inquiry')
    union all
    from visits unpivot (n for metric in (visitors, identified_visitors)) select metric, month, n
    union all
    select event_type || 's', month_of(occurred_date), quantity from offline
    where event_type in ('booth_visit', 'business_card')
    union all
    select 'offline:' || event_type, month_of(occurred_date), quantity from offline
    union all
    select 'views:' || content_type, month, n
    from (select month_of(occurred_date) as month, page_path, count(*) as n from web where not is_bot group by all)
    join pages using (page_path)
    union all
    select 'new_leads', month_of(created_date), 1 from persons
    union all
    select 'mqls', month_of(qualified_from), 1 from fct_qualifications
    union all
    select 'handoffs', month_of(handed_off_date), 1 from fct_handoffs
    union all
    select case stage when 'opportunity' then 'opportunities' when 'won' then 'wins' else stage || 's' end,
        month_of(reached_date), 1
    from stages where stage in ('sal', 'appointment', 'opportunity', 'won') and reached_date is not null
    union all
    select 'won_amount', month_of(reached_date), amount from stages where stage = 'won' and reached_date is not null
    union all
    select metric, month, n from mail_figures
    union all
    select metric || ':' || mail_type, month, n from mail_figures
),
metrics as materialized (
    select metric, month, sum(n)::decimal(38, 2) as amount from figures group by all having sum(n) <> 0
)
select * exclude (better), numerator::double / if(denominator is null, 1, nullif(denominator, 0))::double as actual,
    if(better = 'lower', target / nullif(actual, 0), actual / nullif(target, 0)) as achievement_rate
from (
    select tree.kpi_id, months.month, coalesce(numerators.amount, 0) as numerator,
        if(tree.denominator is null, null, coalesce(denominators.amount, 0)) as denominator,
        target::double as target, better
    from rule_file('kpi_tree') as tree
    cross join (select distinct month from metrics where metric not like '%:%') as months
    left join metrics as numerators on tree.numerator = numerators.metric and months.month = numerators.month
    left join metrics as denominators on tree.denominator = denominators.metric and months.month = denominators.month
    left join rule_file('kpi_targets') as targets
        on tree.kpi_id = targets.kpi_id and months.month = targets.month::date
);
