with

kpi_metrics as (

    select * from {{ ref('int_kpi_metrics') }}

),

kpi_tree as (

    select * from {{ ref('kpi_tree') }}

),

kpi_targets as (

    select * from {{ ref('kpi_targets') }}

),

months_with_data as (

    select month
    from kpi_metrics
    where not is_named
    group by month

),

figures_looked_up as (

    select
        kpi_tree.kpi_id,
        months_with_data.month,
        coalesce(numerators.amount, 0) as numerator,
        case when kpi_tree.denominator is not null then coalesce(denominators.amount, 0) end as denominator,
        kpi_tree.denominator is null as is_count,
        kpi_tree.better,
        kpi_targets.target
    from kpi_tree
    cross join months_with_data
    left join kpi_metrics as numerators
        on
            kpi_tree.numerator = numerators.metric
            and months_with_data.month = numerators.month
    left join kpi_metrics as denominators
        on
            kpi_tree.denominator = denominators.metric
            and months_with_data.month = denominators.month
    left join kpi_targets
        on
            kpi_tree.kpi_id = kpi_targets.kpi_id
            and months_with_data.month = kpi_targets.month

),

actuals_added as (

    select
        kpi_id,
        month,
        numerator,
        denominator,
        case
            when is_count then cast(numerator as double)
            else {{ share_of('numerator', 'denominator') }}
        end as actual,
        target,
        better
    from figures_looked_up

),

achievements_added as (

    select
        kpi_id,
        month,
        numerator,
        denominator,
        actual,
        target,
        case
            when better = 'lower' then {{ share_of('target', 'actual') }}
            else {{ share_of('actual', 'target') }}
        end as achievement_rate
    from actuals_added

)

select * from achievements_added
