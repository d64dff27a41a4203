with

leads as (

    select * from {{ source('raw', 'leads') }}

),

standing as (

    select
        lead_id,
        created_at,
        updated_at,
        email,
        full_name,
        company_name,
        phone,
        job_title,
        department,
        industry,
        country,
        employee_count,
        lead_source,
        campaign,
        mail_opt_in,
        merged_into_lead_id,
        is_deleted
    from leads
    where
        not _is_replaced
        and {{ is_known_at_as_of('created_at') }}
        and {{ is_known_at_as_of('updated_at') }}

)

select * from standing
