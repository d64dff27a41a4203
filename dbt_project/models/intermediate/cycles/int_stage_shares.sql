with

stage_waits as (

    select * from {{ ref('int_stage_waits') }}

),

waits_pooled as (

    select
        cohort_quarter,
        from_stage,
        to_stage,
        days_waited,
        ended,
        decided,
        reached
    from stage_waits
    where from_stage = 'lead'
    union all
    select
        cast(null as date) as cohort_quarter,
        from_stage,
        to_stage,
        days_waited,
        cast(sum(ended) as bigint) as ended,
        cast(sum(decided) as bigint) as decided,
        cast(sum(reached) as bigint) as reached
    from stage_waits
    group by from_stage, to_stage, days_waited

),

at_risk_counted as (

    select
        *,
        cast(
            sum(ended) over (
                partition by cohort_quarter, from_stage, to_stage
                order by days_waited
                rows between current row and unbounded following
            ) as bigint
        ) as at_risk
    from waits_pooled

),

-- a product of factors as a sum of logarithms: a factor of 0 takes the last cycle away, so that none follows it
undecided_before as (

    select
        *,
        exp(
            coalesce(
                sum(case when decided < at_risk then ln(cast(at_risk - decided as double) / at_risk) end) over (
                    partition by cohort_quarter, from_stage, to_stage
                    order by days_waited
                    rows between unbounded preceding and 1 preceding
                ),
                0
            )
        ) as undecided_share
    from at_risk_counted

),

shares_summed as (

    select
        cohort_quarter,
        from_stage,
        to_stage,
        days_waited,
        at_risk,
        reached,
        sum(undecided_share * reached / at_risk) over (
            partition by cohort_quarter, from_stage, to_stage
            order by days_waited
            rows between unbounded preceding and current row
        ) as share
    from undecided_before

)

select * from shares_summed
