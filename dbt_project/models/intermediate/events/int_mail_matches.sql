{{ config(materialized='incremental', unique_key='event_id', affected_by='int_changed_mail_events') }}

with

mail_events as (

    select * from {{ ref('stg_funnel__mail_events') }}

),

changed_mail_events as (

    select * from {{ ref('int_changed_mail_events') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

email_persons as (

    select * from {{ ref('int_email_persons') }}

),

emails_normalized as (

    select
        event_id,
        occurred_at,
        mail_id,
        mail_type,
        event_type,
        is_machine,
        lead_id,
        {{ normalized_email('email') }} as normalized_email
    from mail_events
    where {{ is_affected('event_id', 'changed_mail_events') }}

),

leads_matched as (

    select
        emails_normalized.*,
        lead_persons.person_id as lead_person_id,
        case when lead_persons.person_id is null then emails_normalized.normalized_email end as email_to_match
    from emails_normalized
    left join lead_persons
        on emails_normalized.lead_id = lead_persons.lead_id

),

recipients_found as (

    select
        leads_matched.event_id,
        leads_matched.occurred_at,
        leads_matched.mail_id,
        leads_matched.mail_type,
        leads_matched.event_type,
        leads_matched.is_machine,
        leads_matched.lead_id,
        leads_matched.normalized_email,
        leads_matched.email_to_match,
        coalesce(leads_matched.lead_person_id, email_persons.person_id) as person_id,
        case when email_persons.person_id is null then leads_matched.email_to_match end as outsider_email
    from leads_matched
    left join email_persons
        on leads_matched.email_to_match = email_persons.normalized_email

),

recipients_named as (

    select
        *,
        coalesce(person_id, outsider_email, '') as recipient
    from recipients_found

)

select * from recipients_named
