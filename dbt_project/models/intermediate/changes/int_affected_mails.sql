with

changed_mail_events as (

    select * from {{ ref('int_changed_mail_events') }}

),

mail_matches as (

    select * from {{ ref('int_mail_matches') }}

),

mails_before_and_now as (

    select
        recipient,
        mail_id
    from changed_mail_events
    where recipient is not null
    union
    select
        recipient,
        mail_id
    from mail_matches
    where event_id in (select event_id from changed_mail_events)

)

select * from mails_before_and_now
