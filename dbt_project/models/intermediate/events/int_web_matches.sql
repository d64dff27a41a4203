with

web_events as (

    select * from {{ ref('stg_funnel__web_events') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

email_persons as (

    select * from {{ ref('int_email_persons') }}

),

events_matched as (

    select
        web_events.*,
        coalesce(lead_persons.person_id, email_persons.person_id) as identified_person_id
    from web_events
    left join lead_persons
        on web_events.lead_id = lead_persons.lead_id
    left join email_persons
        on
            lead_persons.lead_id is null
            and {{ normalized_email('web_events.email') }} = email_persons.normalized_email

)

select * from events_matched
