with

web_events as (

    select * from {{ source('raw', 'web_events') }}

),

standing as (

    select
        event_id,
        occurred_at,
        anonymous_id,
        event_type,
        lead_id,
        email,
        form_type,
        page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        user_agent,
        properties
    from web_events
    where
        not _is_replaced
        and {{ is_known_at_as_of('occurred_at') }}

)

select * from standing
