with

costs as (

    select * from {{ source('raw', 'costs') }}

),

standing as (

    select
        cost_id,
        occurred_at,
        channel,
        campaign,
        amount
    from costs
    where
        not _is_replaced
        and {{ is_known_at_as_of('occurred_at') }}

)

select * from standing
