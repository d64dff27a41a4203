with

web_events as (

    select * from {{ ref('int_web_events') }}

),

mail_events as (

    select * from {{ ref('int_mail_events') }}

),

offline_events as (

    select * from {{ ref('int_offline_events') }}

),

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

enrollments as (

    select * from {{ ref('int_enrollments') }}

),

events_of_nobody as (

    select
        'web' as feed,
        occurred_date
    from web_events
    where person_id is null
    union all
    select
        'mail' as feed,
        occurred_date
    from mail_events
    where person_id is null
    union all
    select
        'offline' as feed,
        occurred_date
    from offline_events
    where person_id is null
    union all
    select
        'sales' as feed,
        occurred_date
    from dispositions
    where person_id is null
    union all
    select
        'enrollment' as feed,
        occurred_date
    from enrollments
    where person_id is null

),

rows_counted as (

    select
        feed,
        {{ month_of('occurred_date') }} as month,
        count(*) as rows
    from events_of_nobody
    group by feed, {{ month_of('occurred_date') }}

)

select * from rows_counted
