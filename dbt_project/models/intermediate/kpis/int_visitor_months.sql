{{ config(materialized='incremental', unique_key='anonymous_id', affected_by='int_affected_browsers') }}

with

web_events as (

    select * from {{ ref('int_web_events') }}

),

affected_browsers as (

    select * from {{ ref('int_affected_browsers') }}

),

visitors_found as (

    select
        anonymous_id,
        {{ month_of('occurred_date') }} as month,
        bool_or(is_identified) as is_identified
    from web_events
    where
        not is_bot
        and {{ is_affected('anonymous_id', 'affected_browsers') }}
    group by anonymous_id, {{ month_of('occurred_date') }}

)

select * from visitors_found
