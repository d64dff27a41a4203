{% set latest_attributes = [
    'normalized_email', 'company_name', 'job_title', 'department', 'industry', 'country', 'employee_count'
] %}

with

cases as (

    select * from {{ ref('int_prediction_cases') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

lead_versions as (

    select * from {{ ref('int_lead_versions') }}

),

-- what came before the instant; a first version says what was known from the creation on
versions_ranked as (

    select
        cases.case_id,
        cases.known_until,
        lead_versions.*,
        row_number() over (
            partition by cases.case_id, lead_versions.lead_id order by lead_versions.updated_at desc
        ) as version_rank
    from cases
    inner join lead_persons
        on cases.person_id = lead_persons.person_id
    inner join lead_versions
        on lead_persons.lead_id = lead_versions.lead_id
    where
        cases.known_until > lead_versions.updated_at
        or (lead_versions.is_first and cases.known_until >= lead_versions.created_at)

),

records_ordered as (

    select
        *,
        row_number() over (partition by case_id order by updated_at, lead_id) as update_rank,
        row_number() over (partition by case_id order by created_at, lead_id) as creation_rank
    from versions_ranked
    where version_rank = 1 and not (is_deleted and known_until > updated_at)

),

records_merged as (

    select
        case_id,
        {% for attribute in latest_attributes -%}
            max_by({{ attribute }}, update_rank) filter (where {{ attribute }} is not null) as {{ attribute }},
        {% endfor -%}
        max(case when creation_rank = 1 then lead_source end) as lead_source
    from records_ordered
    group by case_id

),

-- sales may know somebody before the CRM does
cases_described as (

    select
        cases.case_id,
        cases.known_until,
        {% for attribute in latest_attributes -%}
            records_merged.{{ attribute }},
        {% endfor -%}
        coalesce(records_merged.lead_source, 'unknown') as lead_source
    from cases
    left join records_merged
        on cases.case_id = records_merged.case_id
    where cases.known_until is not null

)

select * from cases_described
