{{ config(materialized='incremental', unique_key='anonymous_id', affected_by='int_affected_browsers') }}
-- which reads rows that this model replaces
-- depends_on: {{ ref('int_owners_before') }}

with

web_matches as (

    select * from {{ ref('int_web_matches') }}

),

browsers as (

    select * from {{ ref('int_browsers') }}

),

shared_browser_events as (

    select * from {{ ref('int_shared_browser_events') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

channel_map as (

    select * from {{ ref('channel_map') }}

),

web_channels as (

    select
        key as utm_medium,
        channel
    from channel_map
    where feed = 'web'

),

events_assigned as (

    select
        web_matches.*,
        coalesce(
            web_matches.identified_person_id,
            browsers.only_person_id,
            shared_browser_events.person_id
        ) as person_id,
        case
            when
                web_matches.identified_person_id is null
                and (
                    web_matches.occurred_at < browsers.first_identified_at
                    or (
                        web_matches.occurred_at = browsers.first_identified_at
                        and web_matches.event_id < browsers.first_event_id
                    )
                )
                then browsers.first_identified_at
            else web_matches.occurred_at
        end as person_seen_at,
        {{ path_of_url('web_matches.page_url') }} as url_path
    from web_matches
    left join browsers
        on web_matches.anonymous_id = browsers.anonymous_id
    left join shared_browser_events
        on web_matches.event_id = shared_browser_events.event_id

),

events_described as (

    select
        events_assigned.event_id,
        events_assigned.anonymous_id,
        events_assigned.lead_id,
        events_assigned.email_to_match,
        events_assigned.occurred_at,
        {{ local_date('events_assigned.occurred_at') }} as occurred_date,
        events_assigned.person_id,
        greatest(events_assigned.person_seen_at, persons.created_at) as known_at,
        events_assigned.identified_person_id is not null as is_identified,
        (
            events_assigned.person_id is not null and events_assigned.identified_person_id is null
        ) as is_stitched,
        coalesce(
            {{ matches_pattern('events_assigned.user_agent', var('bot_pattern'), ignore_case=true) }}, false
        ) as is_bot,
        case
            when events_assigned.event_type = 'form_submit' then coalesce(events_assigned.form_type, 'form_submit')
            else events_assigned.event_type
        end as touchpoint_type,
        case
            when events_assigned.utm_medium is not null then coalesce(web_channels.channel, 'other')
            when events_assigned.referrer is null then 'direct'
            else 'referral'
        end as channel,
        events_assigned.utm_source,
        events_assigned.utm_campaign as campaign,
        {{ page_path('events_assigned.url_path') }} as page_path
    from events_assigned
    left join persons
        on events_assigned.person_id = persons.person_id
    left join web_channels
        on events_assigned.utm_medium = web_channels.utm_medium

)

select * from events_described
