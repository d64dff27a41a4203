with

stage_shares as (

    select * from {{ ref('int_stage_shares') }}

),

days_reached as (

    select
        cohort_quarter,
        to_stage as stage,
        days_waited as days_since_start,
        at_risk,
        reached,
        share
    from stage_shares
    where
        from_stage = 'lead'
        and cohort_quarter is not null
        and reached > 0

)

select * from days_reached
