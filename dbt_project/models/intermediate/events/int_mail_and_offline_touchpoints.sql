{# a view: these are most touchpoints of a company that mails, and fct_touchpoints holds them #}
{{ config(materialized='view') }}

with

mail_events as (

    select * from {{ ref('int_mail_events') }}

),

offline_events as (

    select * from {{ ref('int_offline_events') }}

),

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

channel_map as (

    select * from {{ ref('channel_map') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

all_touchpoints as (

    select
        'mail:' || event_id as touchpoint_id,
        person_id,
        'mail' as feed,
        'mail_' || event_type as touchpoint_type,
        occurred_at,
        occurred_date,
        {{ folded('mail_type') }} as channel_key,
        cast(null as {{ dbt.type_string() }}) as channel,
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
        {{ folded('event_type') }} as channel_key,
        channel,
        campaign
    from offline_events
    where
        person_id is not null
        and {{ is_affected('person_id', 'affected_persons') }}

),

channels_added as (

    select
        all_touchpoints.touchpoint_id,
        all_touchpoints.person_id,
        all_touchpoints.feed,
        all_touchpoints.touchpoint_type,
        all_touchpoints.occurred_at,
        all_touchpoints.occurred_date,
        greatest(all_touchpoints.occurred_date, persons.created_date) as known_date,
        coalesce(all_touchpoints.channel, channel_map.channel, 'other') as channel,
        all_touchpoints.campaign
    from all_touchpoints
    inner join persons
        on all_touchpoints.person_id = persons.person_id
    left join channel_map
        on
            all_touchpoints.feed = channel_map.feed
            and all_touchpoints.channel_key = channel_map.key

)

select * from channels_added
