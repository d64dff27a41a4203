{{ config(materialized='incremental', unique_key='browser_id', affected_by='int_affected_browsers') }}
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

user_agents as (

    select * from {{ ref('int_user_agents') }}

),

web_mediums as (

    select * from {{ ref('int_web_mediums') }}

),

visit_channels as (

    select * from {{ ref('int_visit_channels') }}

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
        coalesce({{ channel_of_arrival() }}, visit_channels.channel, 'direct') as channel,
        case
            when visit_channels.event_id is not null then visit_channels.campaign
            else web_matches.utm_campaign
        end as campaign
    from web_matches
    left join browsers
        on web_matches.anonymous_id = browsers.anonymous_id
    left join shared_browser_events
        on web_matches.event_id = shared_browser_events.event_id
    left join web_mediums
        on web_matches.utm_medium = web_mediums.utm_medium
    left join visit_channels
        on web_matches.event_id = visit_channels.event_id

),

events_described as (

    select
        events_assigned.event_id,
        events_assigned.anonymous_id,
        events_assigned.browser_id,
        events_assigned.lead_id,
        events_assigned.email_to_match,
        events_assigned.occurred_at,
        {{ local_date('events_assigned.occurred_at') }} as occurred_date,
        events_assigned.person_id,
        greatest(events_assigned.person_seen_at, persons.created_at) as known_at,
        events_assigned.identified_person_id is not null as is_identified,
        events_assigned.person_id is not null and events_assigned.identified_person_id is null as is_stitched,
        coalesce(user_agents.is_bot, false) as is_bot,
        user_agents.kind as agent_kind,
        user_agents.agent,
        events_assigned.touchpoint_type,
        events_assigned.channel,
        events_assigned.campaign,
        events_assigned.utm_source,
        events_assigned.utm_campaign,
        events_assigned.page_path
    from events_assigned
    left join persons
        on events_assigned.person_id = persons.person_id
    left join user_agents
        on events_assigned.user_agent = user_agents.user_agent

)

select * from events_described
