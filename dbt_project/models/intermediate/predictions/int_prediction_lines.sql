with

bands as (

    select * from {{ ref('int_prediction_bands') }}

),

weights as (

    select * from {{ ref('int_prediction_weights') }}

),

{{ training_rows(['score_points'] + prediction_attributes().split()) }},

{{ listed_bands('rows_known', ['outcome', 'learned_before', 'case_id', 'hit']) }},

-- a hand-off must not vouch for itself: its bands are weighed by the others alone
sums_of_others as (

    select
        bands_listed.outcome,
        bands_listed.learned_before,
        bands_listed.case_id,
        bands_listed.hit,
        sum(case bands_listed.hit when 1 then weights.weight_without_hit else weights.weight_without_miss end)
            as log_odds
    from bands_listed
    inner join weights
        on
            bands_listed.outcome = weights.outcome
            and bands_listed.learned_before = weights.learned_before
            and bands_listed.attribute = weights.attribute
            and bands_listed.band = weights.band
    group by bands_listed.outcome, bands_listed.learned_before, bands_listed.case_id, bands_listed.hit

),

points_counted as (

    select
        outcome,
        learned_before,
        'prediction' as basis,
        cast(round(log_odds, 1) as double) as x,
        {{ var('prediction_shrinkage') }} as ridge,
        count(*) as cases,
        sum(hit) as hits
    from sums_of_others
    group by outcome, learned_before, cast(round(log_odds, 1) as double)
    union all
    select
        outcome,
        learned_before,
        'rule_score' as basis,
        score_points / cast(100 as double) as x,
        0 as ridge,
        count(*) as cases,
        sum(hit) as hits
    from rows_known
    group by outcome, learned_before, score_points

),

{{ logistic_lines('points_counted', ['outcome', 'learned_before', 'basis', 'ridge'], ridge='ridge') }}

select
    outcome,
    learned_before,
    basis,
    intercept,
    slope
from lines_fitted
