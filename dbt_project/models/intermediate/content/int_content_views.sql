{{ config(materialized='incremental', unique_key='browser_id', affected_by='int_affected_browsers') }}

with

web_events as (

    select * from {{ ref('int_web_events') }}

),

browsers as (

    select * from {{ ref('int_browsers') }}

),

page_contents as (

    select * from {{ ref('int_page_contents') }}

),

affected_browsers as (

    select * from {{ ref('int_affected_browsers') }}

),

views_described as (

    select
        web_events.browser_id,
        web_events.anonymous_id is not null as is_visitor,
        web_events.occurred_date,
        page_contents.path_prefix,
        web_events.person_id,
        web_events.occurred_at,
        browsers.first_identified_at as named_at,
        browsers.first_identified_at is null
        or web_events.occurred_at < browsers.first_identified_at
        or (
            web_events.occurred_at = browsers.first_identified_at
            and web_events.event_id < browsers.first_event_id
        ) as is_before_naming
    from web_events
    left join browsers
        on web_events.anonymous_id = browsers.anonymous_id
    left join page_contents
        on web_events.page_path = page_contents.page_path
    where
        web_events.page_path is not null
        and not web_events.is_bot
        and {{ is_affected('web_events.browser_id', 'affected_browsers') }}

),

views_counted as (

    select
        browser_id,
        is_visitor,
        occurred_date,
        path_prefix,
        person_id,
        named_at,
        count(*) as views,
        min(occurred_at) as first_viewed_at,
        bool_or(is_before_naming) as is_before_naming
    from views_described
    group by browser_id, is_visitor, occurred_date, path_prefix, person_id, named_at

)

select * from views_counted
