with

web_events as (

    select * from {{ ref('stg_funnel__web_events') }}

),

affected_browsers as (

    select * from {{ ref('int_affected_browsers') }}

),

affected_events as (

    select web_events.*
    from web_events
    inner join affected_browsers
        on web_events.browser_id = affected_browsers.browser_id

)

select * from affected_events
