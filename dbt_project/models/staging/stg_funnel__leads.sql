with

leads as (

    select * from {{ source('raw', 'leads') }}

),

placeholders as (

    select * from {{ ref('placeholders') }}

),

standing as (

    select
        leads.lead_id,
        leads.created_at,
        leads.updated_at,
        {{ unless_placeholder('leads', 'email') }},
        {{ unless_placeholder('leads', 'full_name') }},
        {{ unless_placeholder('leads', 'company_name') }},
        {{ unless_placeholder('leads', 'phone') }},
        leads.job_title,
        leads.department,
        leads.industry,
        leads.country,
        leads.employee_count,
        leads.lead_source,
        leads.campaign,
        leads.mail_opt_in,
        leads.merged_into_lead_id,
        leads.is_deleted,
        {{ is_known_at_as_of('leads.updated_at') }} as is_known
    from leads
    -- the source's id_prefix makes no id of a value that is none
    {{ joined_placeholders('leads', 'lead_id', 'substring(leads.lead_id, 1 + coalesce(length(leads._id_prefix), 0))') }}
    {{ joined_placeholders('leads', 'email') }}
    {{ joined_placeholders('leads', 'full_name') }}
    {{ joined_placeholders('leads', 'company_name') }}
    {{ joined_placeholders('leads', 'phone') }}
    where
        not leads._is_replaced
        and {{ is_known_at_as_of('leads.created_at') }}
        and lead_id_placeholders.value is null

)

select * from standing
