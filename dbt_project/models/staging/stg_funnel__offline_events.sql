with

offline_events as (

    select * from {{ source('raw', 'offline_events') }}

),

standing as (

    select
        event_id,
        occurred_at,
        event_type,
        lead_id,
        email,
        campaign,
        quantity
    from offline_events
    where
        not _is_replaced
        and {{ is_known_at_as_of('occurred_at') }}

)

select * from standing
