with

stage_shares as (

    select * from {{ ref('int_stage_shares') }}

),

-- a share is a sum of doubles: what is a quarter may fall short of it in the last digits
days_found as (

    select
        from_stage,
        to_stage,
        max(at_risk) as cases,
        cast(sum(reached) as bigint) as reached,
        max(share) as share,
        min(days_waited) filter (where share >= 0.25 - 1e-9) as days_25,
        min(days_waited) filter (where share >= 0.5 - 1e-9) as days_50,
        min(days_waited) filter (where share >= 0.75 - 1e-9) as days_75
    from stage_shares
    where cohort_quarter is null
    group by from_stage, to_stage

)

select * from days_found
