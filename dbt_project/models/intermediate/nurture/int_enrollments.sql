with

enrollments as (

    select * from {{ ref('stg_funnel__enrollments') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

email_persons as (

    select * from {{ ref('int_email_persons') }}

),

leads_matched as (

    select
        enrollments.*,
        lead_persons.person_id as lead_person_id,
        case when lead_persons.person_id is null then {{ normalized_email('enrollments.email') }} end as email_to_match
    from enrollments
    left join lead_persons
        on enrollments.lead_id = lead_persons.lead_id

),

persons_matched as (

    select
        leads_matched.enrollment_id,
        leads_matched.occurred_at,
        {{ local_date('leads_matched.occurred_at') }} as occurred_date,
        leads_matched.scenario_id,
        leads_matched.action,
        leads_matched.arm,
        coalesce(leads_matched.lead_person_id, email_persons.person_id) as person_id
    from leads_matched
    left join email_persons
        on leads_matched.email_to_match = email_persons.normalized_email

)

select * from persons_matched
