{% set counts = [
    'handoffs', 'mature_handoffs', 'not_mature', 'withdrawn', 'accepted', 'accepted_late', 'rejected', 'stalled',
    'untouched', 'no_follow_up', 'ignored_at_deadline', 'ignored'
] %}

with

ignore_rate as (

    select * from {{ ref('ignore_rate') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

calendar as (

    select * from {{ ref('int_calendar') }}

),

last_sales_day as (

    select max(occurred_date) as last_date
    from dispositions

),

days_since_last_sales_row as (

    select count(*) filter (where calendar.is_business_day) as business_days
    from last_sales_day
    inner join calendar
        on last_sales_day.last_date < calendar.date_day
    where calendar.date_day <= {{ as_of_date() }}

),

sales_steps_looked_for as (

    select not coalesce(bool_or(has_sales_steps), false) as is_outcome_only
    from handoffs

),

counts_summed_to_month as (

    select
        {% for count in counts %}
            cast(sum({{ count }}) as bigint) as {{ count }},
        {% endfor %}
        handoff_month
    from ignore_rate
    group by handoff_month

),

rates_added as (

    select
        counts_summed_to_month.handoff_month,
        {% for count in counts %}
            counts_summed_to_month.{{ count }},
        {% endfor %}
        {{ share_of('ignored', 'mature_handoffs') }} as ignore_rate,
        {{ share_of('(accepted + accepted_late)', 'mature_handoffs') }} as sal_rate,
        {{ share_of('no_follow_up', 'mature_handoffs') }} as no_follow_up_rate,
        {{ share_of('ignored_at_deadline', 'mature_handoffs') }} as ignored_at_deadline_rate,
        {{ share_of('accepted_late', 'ignored_at_deadline') }} as rescue_rate,
        {{ wilson_bound('ignored', 'mature_handoffs', 'low') }} as ignore_rate_low,
        {{ wilson_bound('ignored', 'mature_handoffs', 'high') }} as ignore_rate_high,
        days_since_last_sales_row.business_days > {{ var('stale_feed_business_days') }} as is_feed_stale,
        sales_steps_looked_for.is_outcome_only
    from counts_summed_to_month
    cross join days_since_last_sales_row
    cross join sales_steps_looked_for

)

select * from rates_added
