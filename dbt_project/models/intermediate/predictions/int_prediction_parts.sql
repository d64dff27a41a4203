with

bands as (

    select * from {{ ref('int_prediction_bands') }}

),

weights as (

    select * from {{ ref('int_prediction_weights') }}

),

lines as (

    select * from {{ ref('int_prediction_lines') }}

),

-- an open lead is predicted from all that D knows, a hand-off of the past from what was known before its quarter
cases_to_predict as (

    {% for outcome in ['accepted', 'won'] -%}
        select
            '{{ outcome }}' as outcome,
            case
                when is_open then {{ add_days(as_of_date(), 1) }}
                else cast(date_trunc('quarter', case_date) as date)
            end as learned_before,
            *
        from bands
        where is_open or {{ outcome }}_judged_date is not null
        {{ "union all" if not loop.last }}
    {% endfor %}

),

{{ listed_bands('cases_to_predict', ['outcome', 'learned_before', 'case_id', 'person_id', 'is_open']) }},

-- nothing moves the average hand-off: what a band tells is told beside the mean of its attribute
sets_averaged as (

    select
        weights.outcome,
        weights.learned_before,
        weights.attribute,
        lines.intercept,
        lines.slope,
        cast(sum({{ exact('weights.weight * weights.band_cases') }}) as double) / max(weights.cases) as average_weight
    from weights
    inner join lines
        on
            weights.outcome = lines.outcome
            and weights.learned_before = lines.learned_before
            and lines.basis = 'prediction'
    where weights.cases >= {{ var('fewest_prediction_outcomes') }}
    group by weights.outcome, weights.learned_before, weights.attribute, lines.intercept, lines.slope

),

bases_found as (

    select
        *,
        round(
            intercept
            + slope * cast(sum({{ exact('average_weight') }}) over (partition by outcome, learned_before) as double),
            6
        ) as base_log_odds
    from sets_averaged

),

parts_weighed as (

    select
        bands_listed.outcome,
        bands_listed.learned_before,
        bands_listed.case_id,
        bands_listed.person_id,
        bands_listed.is_open,
        bands_listed.attribute,
        bands_listed.band,
        cast(bases_found.base_log_odds as decimal(18, 6)) as base_log_odds,
        cast(
            round(coalesce(bases_found.slope * (weights.weight - bases_found.average_weight), 0), 6) as decimal(18, 6)
        ) as log_odds
    from bands_listed
    inner join bases_found
        on
            bands_listed.outcome = bases_found.outcome
            and bands_listed.learned_before = bases_found.learned_before
            and bands_listed.attribute = bases_found.attribute
    left join weights
        on
            bands_listed.outcome = weights.outcome
            and bands_listed.learned_before = weights.learned_before
            and bands_listed.attribute = weights.attribute
            and bands_listed.band = weights.band

)

select * from parts_weighed
