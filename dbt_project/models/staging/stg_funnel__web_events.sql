with

web_events as (

    select * from {{ source('raw', 'web_events') }}

),

placeholders as (

    select * from {{ ref('placeholders') }}

),

standing as (

    select
        web_events.event_id,
        web_events.occurred_at,
        {{ unless_placeholder('web_events', 'anonymous_id') }},
        web_events.event_type,
        web_events.lead_id,
        {{ unless_placeholder('web_events', 'email') }},
        web_events.form_type,
        web_events.page_url,
        web_events.referrer,
        web_events.utm_source,
        web_events.utm_medium,
        web_events.utm_campaign,
        web_events.user_agent,
        web_events.properties,
        web_events.channel
    from web_events
    {{ joined_placeholders('web_events', 'anonymous_id') }}
    {{ joined_placeholders('web_events', 'email') }}
    where
        not web_events._is_replaced
        and {{ is_known_at_as_of('web_events.occurred_at') }}

),

-- an event of an unknown browser is alone with itself
browsers_named as (

    select
        *,
        coalesce(anonymous_id, 'event:' || event_id) as browser_id
    from standing

)

select * from browsers_named
