with

leads as (

    select * from {{ ref('stg_funnel__leads') }}

),

versions_ranked as (

    select
        *,
        row_number() over (partition by lead_id order by updated_at desc) = 1 as is_current
    from leads

),

current_versions as (

    select
        lead_id,
        created_at,
        updated_at,
        merged_into_lead_id,
        {{ normalized_email('email') }} as normalized_email,
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
    from versions_ranked
    where is_current and not is_deleted

)

select * from current_versions
