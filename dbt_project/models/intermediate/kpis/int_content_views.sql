{{ config(materialized='incremental', unique_key='browser_id', affected_by='int_affected_browsers') }}

with

web_events as (

    select * from {{ ref('int_web_events') }}

),

page_contents as (

    select * from {{ ref('int_page_contents') }}

),

metric_names as (

    select * from {{ ref('int_metric_names') }}

),

affected_browsers as (

    select * from {{ ref('int_affected_browsers') }}

),

contents_to_count as (

    select
        page_contents.page_path,
        page_contents.content_type
    from page_contents
    inner join metric_names
        on page_contents.content_type = metric_names.name
    where metric_names.counted = 'views'

),

views_counted as (

    select
        web_events.browser_id,
        {{ month_of('web_events.occurred_date') }} as month,
        contents_to_count.content_type,
        count(*) as views
    from web_events
    inner join contents_to_count
        on web_events.page_path = contents_to_count.page_path
    where
        not web_events.is_bot
        and {{ is_affected('web_events.browser_id', 'affected_browsers') }}
    group by web_events.browser_id, {{ month_of('web_events.occurred_date') }}, contents_to_count.content_type

)

select * from views_counted
