with

leads as (

    select * from {{ ref('stg_funnel__leads') }}

),

-- of a lead that was last changed after D and comes without its earlier versions, the first one stands in
versions_ranked as (

    select
        *,
        row_number() over (
            partition by lead_id
            order by
                is_known desc,
                case when is_known then updated_at end desc,
                updated_at
        ) = 1 as is_current
    from leads

),

versions_kept as (

    select
        lead_id,
        created_at,
        updated_at,
        {{ normalized_email('email') }} as normalized_email,
        phone,
        full_name,
        company_name,
        job_title,
        department,
        industry,
        country,
        employee_count,
        lead_source,
        campaign,
        mail_opt_in,
        case when is_known then merged_into_lead_id end as merged_into_lead_id,
        is_deleted and is_known as is_deleted,
        row_number() over (partition by lead_id order by updated_at) = 1 as is_first,
        is_current
    from versions_ranked
    where is_known or is_current

)

select * from versions_kept
