{% set sums = ['handoffs', 'decile_sum', 'decile_squares', 'hits', 'decile_hits'] %}

with

handoff_deciles as (

    select * from {{ ref('int_handoff_deciles') }}

),

-- what became known, and on which day
results_dated as (

    select
        'acceptance' as question,
        acceptance_deadline as known_date,
        score_decile,
        1 as handoffs,
        0 as hits
    from handoff_deciles
    union all
    select
        'acceptance' as question,
        greatest(acceptance_deadline, accepted_date) as known_date,
        score_decile,
        0 as handoffs,
        1 as hits
    from handoff_deciles
    where is_acceptance
    union all
    select
        'win' as question,
        win_deadline as known_date,
        score_decile,
        1 as handoffs,
        case when is_win then 1 else 0 end as hits
    from handoff_deciles
    where is_win_known

),

results_summed_to_month as (

    select
        question,
        {{ month_of('known_date') }} as known_month,
        sum(handoffs) as handoffs,
        sum(handoffs * score_decile) as decile_sum,
        sum(handoffs * score_decile * score_decile) as decile_squares,
        sum(hits) as hits,
        sum(hits * score_decile) as decile_hits
    from results_dated
    group by question, {{ month_of('known_date') }}

),

handoff_months as (

    select distinct handoff_month
    from handoff_deciles

),

results_known_before_month as (

    select
        {% for column in sums %}
            cast(sum(results_summed_to_month.{{ column }}) as double) as {{ column }},
        {% endfor %}
        results_summed_to_month.question,
        handoff_months.handoff_month
    from handoff_months
    inner join results_summed_to_month
        on handoff_months.handoff_month > results_summed_to_month.known_month
    group by results_summed_to_month.question, handoff_months.handoff_month

),

slopes_fitted as (

    select
        *,
        coalesce(
            (handoffs * decile_hits - decile_sum * hits) / nullif(handoffs * decile_squares - decile_sum * decile_sum, 0),
            0
        ) as slope
    from results_known_before_month
    where handoffs >= {{ var('smallest_group') }}

),

lines_fitted as (

    select
        question,
        handoff_month,
        slope,
        (hits - slope * decile_sum) / handoffs as intercept
    from slopes_fitted

)

select * from lines_fitted
