{{ config(materialized='incremental', unique_key='person_id', affected_by='int_affected_persons') }}

with

web_events as (

    select * from {{ ref('int_web_events') }}

),

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

mail_events as (

    select * from {{ ref('int_mail_events') }}

),

offline_events as (

    select * from {{ ref('int_offline_events') }}

),

page_contents as (

    select * from {{ ref('int_page_contents') }}

),

channel_map as (

    select * from {{ ref('channel_map') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

web_touchpoints as (

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

),

mail_and_offline_touchpoints as (

    select
        'mail:' || event_id as touchpoint_id,
        person_id,
        'mail' as feed,
        'mail_' || event_type as touchpoint_type,
        occurred_at,
        occurred_date,
        mail_type as channel_key,
        mail_id as campaign
    from mail_events
    where
        person_id is not null
        and event_type in ('open', 'click', 'reply', 'unsubscribe')
        and not is_machine
        and {{ is_affected('person_id', 'affected_persons') }}
    union all
    select
        'offline:' || event_id as touchpoint_id,
        person_id,
        'offline' as feed,
        event_type as touchpoint_type,
        occurred_at,
        occurred_date,
        event_type as channel_key,
        campaign
    from offline_events
    where
        person_id is not null
        and {{ is_affected('person_id', 'affected_persons') }}

),

channels_added as (

    select
        mail_and_offline_touchpoints.touchpoint_id,
        mail_and_offline_touchpoints.person_id,
        mail_and_offline_touchpoints.feed,
        mail_and_offline_touchpoints.touchpoint_type,
        mail_and_offline_touchpoints.occurred_at,
        mail_and_offline_touchpoints.occurred_date,
        greatest(mail_and_offline_touchpoints.occurred_date, persons.created_date) as known_date,
        coalesce(channel_map.channel, 'other') as channel,
        mail_and_offline_touchpoints.campaign,
        cast(null as {{ dbt.type_string() }}) as page_path,
        cast(null as {{ dbt.type_string() }}) as content_type,
        cast(null as {{ dbt.type_string() }}) as topic,
        cast(null as {{ dbt.type_string() }}) as buying_stage,
        false as is_stitched
    from mail_and_offline_touchpoints
    inner join persons
        on mail_and_offline_touchpoints.person_id = persons.person_id
    left join channel_map
        on
            mail_and_offline_touchpoints.feed = channel_map.feed
            and mail_and_offline_touchpoints.channel_key = channel_map.key

),

all_touchpoints as (

    select * from web_touchpoints
    union all
    select * from channels_added

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
        channel,
        {{ without_addresses('campaign') }} as campaign,
        page_path,
        content_type,
        topic,
        buying_stage,
        is_stitched
    from all_touchpoints

)

select * from addresses_hidden
