{{ config(pre_hook="{{ keep_last_build() }}") }}

with

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

emails_grouped as (

    select
        lead_records.normalized_email,
        min(lead_persons.person_id) as person_id,
        count(distinct lead_persons.person_id) as person_count
    from lead_records
    inner join lead_persons
        on lead_records.lead_id = lead_persons.lead_id
    where lead_records.normalized_email is not null
    group by lead_records.normalized_email

)

select * from emails_grouped
