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

dispositions_matched as (

    select
        sales_dispositions.disposition_id,
        sales_dispositions.occurred_at,
        {{ local_date('sales_dispositions.occurred_at') }} as occurred_date,
        coalesce(lead_persons.person_id, email_persons.person_id) as person_id,
        coalesce(canonical_dispositions.disposition, 'unknown') as disposition,
        sales_dispositions.disposition as raw_disposition,
        sales_dispositions.sales_team,
        sales_dispositions.sales_rep,
        sales_dispositions.routed_by,
        sales_dispositions.reason,
        sales_dispositions.amount,
        sales_dispositions.opportunity_id
    from sales_dispositions
    left join canonical_dispositions
        on lower({{ trimmed('sales_dispositions.disposition') }}) = canonical_dispositions.raw_disposition
    left join lead_persons
        on sales_dispositions.lead_id = lead_persons.lead_id
    left join email_persons
        on
            lead_persons.lead_id is null
            and {{ normalized_email('sales_dispositions.email') }} = email_persons.normalized_email

)

select * from dispositions_matched
