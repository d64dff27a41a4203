with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

-- a cycle waits for a stage until it reaches it, else until it closes, else until D; earlier than the start is day 0
waits_listed as (

    {% for stage in funnel_stages().split() -%}
        select
            cast(date_trunc('quarter', started_date) as date) as cohort_quarter,
            '{{ stage }}' as stage,
            greatest(
                {{ dbt.datediff('started_date', 'coalesce(' ~ stage ~ '_date, closed_date, ' ~ as_of_date() ~ ')', 'day') }},
                0
            ) as days_since_start,
            {{ stage }}_date is not null as is_reached,
            {{ stage }}_date is not null or closed_date is not null as is_decided
        from lead_cycles
        {{ "union all" if not loop.last }}
    {% endfor %}

),

waits_counted as (

    select
        cohort_quarter,
        stage,
        days_since_start,
        count(*) as ended,
        count(*) filter (where is_decided) as decided,
        count(*) filter (where is_reached) as reached
    from waits_listed
    group by cohort_quarter, stage, days_since_start

),

at_risk_counted as (

    select
        *,
        cast(
            sum(ended) over (
                partition by cohort_quarter, stage
                order by days_since_start
                rows between current row and unbounded following
            ) as bigint
        ) as at_risk
    from waits_counted

),

-- a product of factors as a sum of logarithms: a factor of 0 takes the last cycle away, so that none follows it
undecided_before as (

    select
        *,
        exp(
            coalesce(
                sum(case when decided < at_risk then ln(cast(at_risk - decided as double) / at_risk) end) over (
                    partition by cohort_quarter, stage
                    order by days_since_start
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
        stage,
        days_since_start,
        at_risk,
        reached,
        sum(undecided_share * reached / at_risk) over (
            partition by cohort_quarter, stage
            order by days_since_start
            rows between unbounded preceding and current row
        ) as share
    from undecided_before

),

days_reached as (

    select * from shares_summed
    where reached > 0

)

select * from days_reached
