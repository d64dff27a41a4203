with

sales_dispositions as (

    select * from {{ source('raw', 'sales_dispositions') }}

),

standing as (

    select
        disposition_id,
        occurred_at,
        disposition,
        lead_id,
        email,
        sales_team,
        sales_rep,
        routed_by,
        reason,
        amount,
        opportunity_id
    from sales_dispositions
    where
        not _is_replaced
        and {{ is_known_at_as_of('occurred_at') }}

)

select * from standing
