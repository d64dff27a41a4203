{% set latest_attributes = [
    'normalized_email', 'normalized_phone', 'normalized_name', 'company_name', 'job_title', 'department',
    'industry', 'country', 'employee_count', 'mail_opt_in'
] %}

with

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

records_ordered as (

    select
        lead_records.*,
        lead_persons.person_id,
        row_number() over (
            partition by lead_persons.person_id order by lead_records.updated_at, lead_records.lead_id
        ) as update_rank
    from lead_records
    inner join lead_persons
        on lead_records.lead_id = lead_persons.lead_id

),

records_merged as (

    select
        person_id,
        {% for attribute in latest_attributes %}
            max_by({{ attribute }}, update_rank) filter (where {{ attribute }} is not null) as {{ attribute }},
        {% endfor %}
        max(case when lead_id = person_id then lead_source end) as lead_source,
        max(case when lead_id = person_id then campaign end) as campaign,
        min(created_at) as created_at,
        max(updated_at) as updated_at,
        count(*) as lead_record_count
    from records_ordered
    group by person_id

)

select * from records_merged
