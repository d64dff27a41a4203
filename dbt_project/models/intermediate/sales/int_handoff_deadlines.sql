with

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

handoff_sla as (

    select * from {{ ref('handoff_sla') }}

),

calendar as (

    select * from {{ ref('int_calendar') }}

),

default_sla as (

    select acceptance_business_days
    from handoff_sla
    where account_tier = 'default'

),

deadlines_counted as (

    select
        handoffs.handoff_id,
        calendar.business_day_number
        + coalesce(handoff_sla.acceptance_business_days, default_sla.acceptance_business_days)
            as deadline_business_day_number
    from handoffs
    inner join persons
        on handoffs.person_id = persons.person_id
    inner join calendar
        on handoffs.handed_off_date = calendar.date_day
    left join handoff_sla
        on persons.account_tier = handoff_sla.account_tier
    cross join default_sla

),

deadlines_dated as (

    select
        deadlines_counted.handoff_id,
        calendar.date_day as acceptance_deadline,
        calendar.date_day <= {{ as_of_date() }} as is_mature
    from deadlines_counted
    inner join calendar
        on
            deadlines_counted.deadline_business_day_number = calendar.business_day_number
            and calendar.is_business_day

)

select * from deadlines_dated
