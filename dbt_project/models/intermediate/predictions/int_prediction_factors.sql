{% set weighed = exact('weights_found.weight * weights_found.band_cases') %}
{% set sum_of_set = 'cast(sum(' ~ weighed ~ ') over (partition by weights_found.outcome, weights_found.learned_before' %}
{% set mean = sum_of_set ~ ') as double) / weights_found.cases' %}
{% set mean_of_attribute = sum_of_set ~ ', weights_found.attribute) as double) / weights_found.cases' %}

with

bands as (

    select * from {{ ref('int_prediction_bands') }}

),

{{ training_rows(['score_points'] + prediction_attributes().split()) }},

{{ listed_bands('rows_known', ['outcome', 'learned_before', 'cases', 'hits', 'case_id', 'hit', 'score_points']) }},

weights_found as (

    select
        outcome,
        learned_before,
        cases,
        hits,
        attribute,
        band,
        count(*) as band_cases,
        round({{ band_weight('count(*)', 'sum(hit)', 'cases', 'hits') }}, 9) as weight,
        case
            when sum(hit) > 0
                then {{ exact(band_weight('(count(*) - 1)', '(sum(hit) - 1)', '(cases - 1)', '(hits - 1)')) }}
        end as weight_without_hit,
        case
            when sum(hit) < count(*)
                then {{ exact(band_weight('(count(*) - 1)', 'sum(hit)', '(cases - 1)', 'hits')) }}
        end as weight_without_miss
    from bands_listed
    group by outcome, learned_before, cases, hits, attribute, band

),

-- a hand-off must not vouch for itself: its bands are weighed by the others alone
sums_of_others as (

    select
        bands_listed.outcome,
        bands_listed.learned_before,
        bands_listed.score_points,
        bands_listed.hit,
        sum(case bands_listed.hit when 1 then weights_found.weight_without_hit else weights_found.weight_without_miss end)
            as log_odds
    from bands_listed
    inner join weights_found
        on
            bands_listed.outcome = weights_found.outcome
            and bands_listed.learned_before = weights_found.learned_before
            and bands_listed.attribute = weights_found.attribute
            and bands_listed.band = weights_found.band
    group by
        bands_listed.outcome, bands_listed.learned_before, bands_listed.case_id, bands_listed.score_points, bands_listed.hit

),

points_counted as (

    {% for basis, x, ridge in [
        ('prediction', 'cast(round(log_odds, 1) as double)', var('prediction_shrinkage')),
        ('rule_score', 'score_points / cast(100 as double)', 0)
    ] -%}
        select
            outcome,
            learned_before,
            '{{ basis }}' as basis,
            {{ x }} as x,
            {{ ridge }} as ridge,
            count(*) as cases,
            sum(hit) as hits
        from sums_of_others
        group by outcome, learned_before, {{ x }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

{{ logistic_lines('points_counted', ['outcome', 'learned_before', 'basis', 'ridge'], ridge='ridge') }},

lines_paired as (

    select
        outcome,
        learned_before,
        max(case when basis = 'prediction' then intercept end) as intercept,
        max(case when basis = 'prediction' then slope end) as slope,
        max(case when basis = 'rule_score' then intercept end) as rule_intercept,
        max(case when basis = 'rule_score' then slope end) as rule_slope
    from lines_fitted
    group by outcome, learned_before

)

-- nothing moves the average hand-off: what a band tells is told beside the mean of its attribute
select
    weights_found.outcome,
    weights_found.learned_before,
    cast(weights_found.cases as bigint) as learned_handoffs,
    cast(weights_found.hits as bigint) as learned_hits,
    weights_found.attribute,
    weights_found.band,
    {{ exact('lines_paired.slope * (weights_found.weight - ' ~ mean_of_attribute ~ ')') }} as log_odds,
    {{ exact('lines_paired.intercept + lines_paired.slope * ' ~ mean) }} as base_log_odds,
    lines_paired.rule_intercept,
    lines_paired.rule_slope
from weights_found
inner join lines_paired
    on
        weights_found.outcome = lines_paired.outcome
        and weights_found.learned_before = lines_paired.learned_before
