with

mail_events as (

    select * from {{ source('raw', 'mail_events') }}

),

placeholders as (

    select * from {{ ref('placeholders') }}

),

standing as (

    select
        mail_events.event_id,
        mail_events.occurred_at,
        mail_events.mail_id,
        mail_events.event_type,
        mail_events.lead_id,
        {{ unless_placeholder('mail_events', 'email') }},
        mail_events.mail_type,
        mail_events.subject,
        mail_events.url,
        mail_events.is_machine
    from mail_events
    {{ joined_placeholders('mail_events', 'email') }}
    where
        not mail_events._is_replaced
        and {{ is_known_at_as_of('mail_events.occurred_at') }}

)

select * from standing
