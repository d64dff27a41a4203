with

lead_versions as (

    select * from {{ ref('int_lead_versions') }}

),

current_versions as (

    select
        lead_id,
        created_at,
        updated_at,
        merged_into_lead_id,
        normalized_email,
        {{ normalized_phone('phone') }} as normalized_phone,
        {{ normalized_name('full_name') }} as normalized_name,
        company_name,
        job_title,
        department,
        industry,
        country,
        employee_count,
        lead_source,
        campaign,
        mail_opt_in
    from lead_versions
    where is_current and not is_deleted

)

select * from current_versions
