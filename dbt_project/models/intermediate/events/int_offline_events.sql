with

offline_events as (

    select * from {{ ref('stg_funnel__offline_events') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

email_persons as (

    select * from {{ ref('int_email_persons') }}

),

events_matched as (

    select
        offline_events.event_id,
        offline_events.occurred_at,
        {{ local_date('offline_events.occurred_at') }} as occurred_date,
        offline_events.event_type,
        offline_events.campaign,
        offline_events.quantity,
        coalesce(lead_persons.person_id, email_persons.person_id) as person_id
    from offline_events
    left join lead_persons
        on offline_events.lead_id = lead_persons.lead_id
    left join email_persons
        on
            lead_persons.lead_id is null
            and {{ normalized_email('offline_events.email') }} = email_persons.normalized_email

)

select * from events_matched
