{{ config(materialized='incremental', unique_key='browser_id', affected_by='int_affected_browsers') }}

with

web_events as (

    select * from {{ ref('int_web_events') }}

),

affected_browsers as (

    select * from {{ ref('int_affected_browsers') }}

),

visitors_found as (

    select
        browser_id,
        {{ month_of('occurred_date') }} as month,
        bool_or(is_identified) as is_identified
    from web_events
    where
        not is_bot
        and anonymous_id is not null
        and {{ is_affected('browser_id', 'affected_browsers') }}
    group by browser_id, {{ month_of('occurred_date') }}

)

select * from visitors_found
