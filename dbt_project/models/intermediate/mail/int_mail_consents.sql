with

lead_consents as (

    select * from {{ ref('int_lead_consents') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

consents_listed as (

    select
        lead_persons.person_id,
        lead_consents.opted_in_at,
        case when lead_consents.is_opted_out and not persons.mail_opt_in then lead_consents.opted_out_at end
            as opted_out_at
    from lead_consents
    inner join lead_persons
        on lead_consents.lead_id = lead_persons.lead_id
    inner join persons
        on lead_persons.person_id = persons.person_id
    union all
    select
        person_id,
        occurred_at as opted_in_at,
        cast(null as timestamp) as opted_out_at
    from touchpoints
    where touchpoint_type in {{ listed_texts(var('consent_touchpoint_types')) }}

),

consents_summed as (

    select
        person_id,
        max(opted_in_at) as opted_in_at,
        max(opted_out_at) as opted_out_at
    from consents_listed
    group by person_id

)

select * from consents_summed
