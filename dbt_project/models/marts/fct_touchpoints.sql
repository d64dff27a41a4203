{{ config(materialized='incremental', unique_key='person_id', affected_by='int_affected_persons') }}

with

web_events as (

    select * from {{ ref('int_web_events') }}

),

mail_and_offline_touchpoints as (

    select * from {{ ref('int_mail_and_offline_touchpoints') }}

),

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

page_contents as (

    select * from {{ ref('int_page_contents') }}

),

all_touchpoints as (

    select
        'web:' || web_events.event_id as touchpoint_id,
        web_events.person_id,
        'web' as feed,
        web_events.touchpoint_type,
        web_events.occurred_at,
        web_events.occurred_date,
        {{ local_date('web_events.known_at') }} as known_date,
        web_events.channel,
        web_events.campaign,
        web_events.page_path,
        page_contents.content_type,
        page_contents.topic,
        page_contents.buying_stage,
        web_events.is_stitched
    from web_events
    left join page_contents
        on web_events.page_path = page_contents.page_path
    where
        web_events.person_id is not null
        and not web_events.is_bot
        and {{ is_affected('web_events.person_id', 'affected_persons') }}
    union all
    select
        touchpoint_id,
        person_id,
        feed,
        touchpoint_type,
        occurred_at,
        occurred_date,
        known_date,
        channel,
        campaign,
        cast(null as {{ dbt.type_string() }}) as page_path,
        cast(null as {{ dbt.type_string() }}) as content_type,
        cast(null as {{ dbt.type_string() }}) as topic,
        cast(null as {{ dbt.type_string() }}) as buying_stage,
        false as is_stitched
    from mail_and_offline_touchpoints

),

addresses_hidden as (

    select
        touchpoint_id,
        person_id,
        feed,
        {{ without_addresses('touchpoint_type') }} as touchpoint_type,
        occurred_at,
        occurred_date,
        known_date,
        {{ without_addresses('channel') }} as channel,
        {{ without_addresses('campaign') }} as campaign,
        page_path,
        content_type,
        topic,
        buying_stage,
        is_stitched
    from all_touchpoints

)

select * from addresses_hidden
