with

mail_events as (

    select * from {{ ref('int_mail_events') }}

),

addressed_events as (

    select * from mail_events
    where person_id is not null or outsider_email is not null

),

first_instants as (

    select
        mail_id,
        min(occurred_at) as first_event_at
    from addressed_events
    group by mail_id

),

earliest_events_ranked as (

    select
        addressed_events.mail_id,
        addressed_events.mail_type,
        first_instants.first_event_at,
        addressed_events.event_id as first_event_id,
        row_number() over (
            partition by addressed_events.mail_id order by addressed_events.event_id
        ) = 1 as is_first
    from first_instants
    inner join addressed_events
        on
            first_instants.mail_id = addressed_events.mail_id
            and first_instants.first_event_at = addressed_events.occurred_at

),

mails_described as (

    select
        mail_id,
        {{ without_addresses('mail_id') }} as published_mail_id,
        {{ without_addresses('mail_type') }} as mail_type,
        first_event_at,
        first_event_id
    from earliest_events_ranked
    where is_first

),

-- mails that differ in nothing but an address are one once it is hidden, of the type of the earliest
published_mails_ranked as (

    select
        *,
        row_number() over (
            partition by published_mail_id order by first_event_at, first_event_id
        ) = 1 as is_first
    from mails_described

)

select * from published_mails_ranked
