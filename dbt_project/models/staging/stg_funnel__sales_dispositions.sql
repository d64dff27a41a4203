with

sales_dispositions as (

    select * from {{ source('raw', 'sales_dispositions') }}

),

placeholders as (

    select * from {{ ref('placeholders') }}

),

standing as (

    select
        sales_dispositions.disposition_id,
        sales_dispositions.occurred_at,
        sales_dispositions.disposition,
        sales_dispositions.lead_id,
        {{ unless_placeholder('sales_dispositions', 'email') }},
        sales_dispositions.sales_team,
        sales_dispositions.sales_rep,
        sales_dispositions.routed_by,
        sales_dispositions.reason,
        sales_dispositions.amount,
        sales_dispositions.opportunity_id
    from sales_dispositions
    {{ joined_placeholders('sales_dispositions', 'email') }}
    where
        not sales_dispositions._is_replaced
        and {{ is_known_at_as_of('sales_dispositions.occurred_at') }}

)

select * from standing
