with

offline_events as (

    select * from {{ source('raw', 'offline_events') }}

),

placeholders as (

    select * from {{ ref('placeholders') }}

),

standing as (

    select
        offline_events.event_id,
        offline_events.occurred_at,
        offline_events.event_type,
        offline_events.lead_id,
        {{ unless_placeholder('offline_events', 'email') }},
        offline_events.campaign,
        offline_events.quantity,
        offline_events.channel
    from offline_events
    {{ joined_placeholders('offline_events', 'email') }}
    where
        not offline_events._is_replaced
        and {{ is_known_at_as_of('offline_events.occurred_at') }}

)

select * from standing
