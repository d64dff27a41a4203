with

bands as (

    select * from {{ ref('int_prediction_bands') }}

),

{{ training_rows(prediction_attributes().split()) }},

rows_counted as (

    select
        *,
        count(*) over (partition by outcome, learned_before) as cases,
        sum(hit) over (partition by outcome, learned_before) as hits
    from rows_known

),

{{ listed_bands('rows_counted', ['outcome', 'learned_before', 'cases', 'hits', 'hit']) }},

bands_counted as (

    select
        outcome,
        learned_before,
        cases,
        hits,
        attribute,
        band,
        count(*) as band_cases,
        sum(hit) as band_hits
    from bands_listed
    group by outcome, learned_before, cases, hits, attribute, band

),

weights_found as (

    select
        outcome,
        learned_before,
        cast(cases as bigint) as cases,
        cast(hits as bigint) as hits,
        attribute,
        band,
        cast(band_cases as bigint) as band_cases,
        cast(band_hits as bigint) as band_hits,
        round({{ band_weight('band_cases', 'band_hits', 'cases', 'hits') }}, 9) as weight,
        case
            when band_hits > 0
                then {{ exact(band_weight('(band_cases - 1)', '(band_hits - 1)', '(cases - 1)', '(hits - 1)')) }}
        end as weight_without_hit,
        case
            when band_hits < band_cases
                then {{ exact(band_weight('(band_cases - 1)', 'band_hits', '(cases - 1)', 'hits')) }}
        end as weight_without_miss
    from bands_counted

)

select * from weights_found
