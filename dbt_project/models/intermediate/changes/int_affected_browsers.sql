with

-- replaced rows too: the browser of a row that stands no more has lost one
web_events as (

    select * from {{ source('raw', 'web_events') }}

),

changed_leads as (

    select * from {{ ref('int_changed_leads') }}

),

changed_emails as (

    select * from {{ ref('int_changed_emails') }}

),

changed_persons as (

    select * from {{ ref('int_changed_persons') }}

),

persons_created_otherwise as (

    select person_id
    from changed_persons
    where has_other_created_at

),

events_before as (

    {{
        rows_of_last_build(
            'int_web_events', ['event_id', 'browser_id', 'lead_id', 'email_to_match', 'person_id']
        )
    }}

),

new_events as (

    select
        event_id,
        anonymous_id
    from web_events
    where {{ is_new_to_the_models('occurred_at') }}

),

browsers_found as (

    select anonymous_id as browser_id from new_events
    union
    -- where the browser is unknown, the event has one of its own
    select 'event:' || event_id as browser_id from new_events
    union
    select browser_id from events_before
    where event_id in (select event_id from new_events)
    union
    select browser_id from events_before
    where lead_id in (select lead_id from changed_leads)
    union
    select browser_id from events_before
    where email_to_match in (select email_to_match from changed_emails)
    union
    select browser_id from events_before
    where person_id in (select person_id from persons_created_otherwise)

)

select * from browsers_found
