with

-- replaced rows too: the recipient of a row that stands no more has lost one
mail_events as (

    select * from {{ source('raw', 'mail_events') }}

),

changed_leads as (

    select * from {{ ref('int_changed_leads') }}

),

changed_emails as (

    select * from {{ ref('int_changed_emails') }}

),

matches_before as (

    {{ rows_of_last_build('int_mail_matches', ['event_id', 'mail_id', 'lead_id', 'email_to_match', 'recipient']) }}

),

events_found as (

    select event_id from mail_events
    where {{ is_new_to_the_models('occurred_at') }}
    union
    select event_id from matches_before
    where lead_id in (select lead_id from changed_leads)
    union
    select event_id from matches_before
    where email_to_match in (select email_to_match from changed_emails)

),

recipients_before_found as (

    select
        events_found.event_id,
        matches_before.mail_id,
        matches_before.recipient
    from events_found
    left join matches_before
        on events_found.event_id = matches_before.event_id

)

select * from recipients_before_found
