with

mail_events as (

    select * from {{ source('raw', 'mail_events') }}

),

standing as (

    select
        event_id,
        occurred_at,
        mail_id,
        event_type,
        lead_id,
        email,
        mail_type,
        subject,
        url,
        is_machine
    from mail_events
    where
        not _is_replaced
        and {{ is_known_at_as_of('occurred_at') }}

)

select * from standing
