{{ config(pre_hook="{{ keep_last_build() }}") }}

with

sales_dispositions as (

    select * from {{ ref('stg_funnel__sales_dispositions') }}

),

disposition_map as (

    select * from {{ ref('disposition_map') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

email_persons as (

    select * from {{ ref('int_email_persons') }}

),

canonical_dispositions as (

    select
        lower({{ trimmed('raw_disposition') }}) as raw_disposition,
        disposition
    from disposition_map

),

leads_matched as (

    select
        sales_dispositions.*,
        lead_persons.person_id as lead_person_id,
        case when lead_persons.person_id is null then {{ normalized_email('sales_dispositions.email') }} end
            as email_to_match
    from sales_dispositions
    left join lead_persons
        on sales_dispositions.lead_id = lead_persons.lead_id

),

dispositions_matched as (

    select
        leads_matched.disposition_id,
        leads_matched.occurred_at,
        {{ local_date('leads_matched.occurred_at') }} as occurred_date,
        coalesce(leads_matched.lead_person_id, email_persons.person_id) as person_id,
        coalesce(canonical_dispositions.disposition, 'unknown') as disposition,
        leads_matched.disposition as raw_disposition,
        leads_matched.sales_team,
        leads_matched.sales_rep,
        leads_matched.routed_by,
        leads_matched.reason,
        leads_matched.amount,
        leads_matched.opportunity_id
    from leads_matched
    left join email_persons
        on leads_matched.email_to_match = email_persons.normalized_email
    left join canonical_dispositions
        on lower({{ trimmed('leads_matched.disposition') }}) = canonical_dispositions.raw_disposition

)

select * from dispositions_matched
