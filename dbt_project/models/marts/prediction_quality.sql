with

points as (

    select * from {{ ref('int_prediction_points') }}

),

{{ logistic_lines('points', ['outcome', 'handoff_quarter', 'basis']) }},

rows_grouped as (

    select
        *,
        cast(null as bigint) as decile
    from points
    union all
    select
        *,
        chance_decile as decile
    from points
    where chance_decile is not null

),

groups_summed as (

    select
        outcome,
        handoff_quarter,
        basis,
        decile,
        max(learned_handoffs) as learned_handoffs,
        max(learned_hits) as learned_hits,
        bool_or(chance is not null) as is_predicted,
        cast(sum(cases) as bigint) as handoffs,
        cast(sum(hits) as bigint) as hits,
        cast(sum(cases * chance) as double) / sum(cases) as expected_rate,
        cast(sum(squared_errors) as double) / sum(cases) as brier_score,
        sum(hits * misses_below) / nullif(cast(sum(hits) as double) * (sum(cases) - sum(hits)), 0) as auc
    from rows_grouped
    group by outcome, handoff_quarter, basis, decile

),

rates_added as (

    select
        groups_summed.handoff_quarter,
        groups_summed.outcome,
        groups_summed.basis,
        groups_summed.decile as chance_decile,
        case when groups_summed.is_predicted then 'predicted' else 'too_few_outcomes' end as status,
        groups_summed.learned_handoffs,
        groups_summed.learned_hits,
        groups_summed.handoffs,
        groups_summed.hits,
        groups_summed.expected_rate,
        {{ share_of('groups_summed.hits', 'groups_summed.handoffs') }} as actual_rate,
        {{ wilson_bound('groups_summed.hits', 'groups_summed.handoffs', 'low') }} as actual_rate_low,
        {{ wilson_bound('groups_summed.hits', 'groups_summed.handoffs', 'high') }} as actual_rate_high,
        case when groups_summed.decile is null and groups_summed.is_predicted then groups_summed.auc end as auc,
        case when groups_summed.decile is null then groups_summed.brier_score end as brier_score,
        case
            when
                groups_summed.decile is null
                and groups_summed.is_predicted
                and least(groups_summed.hits, groups_summed.handoffs - groups_summed.hits) >= {{ var('fewest_win_cases') }}
                then lines_fitted.slope
        end as calibration_slope,
        groups_summed.handoffs < {{ var('smallest_group') }} as is_small
    from groups_summed
    inner join lines_fitted
        on
            groups_summed.outcome = lines_fitted.outcome
            and groups_summed.basis = lines_fitted.basis
            and groups_summed.handoff_quarter is not distinct from lines_fitted.handoff_quarter

)

select * from rates_added
