{% set odds = 'cast(round(exp(cast(parts_ranked.log_odds as double)), 2) as decimal(18, 2))' %}

with

bands as (

    select * from {{ ref('int_prediction_bands') }}
    where is_open

),

factors as (

    select * from {{ ref('int_prediction_factors') }}
    where
        learned_before = {{ add_days(as_of_date(), 1) }}
        and learned_handoffs >= {{ var('fewest_prediction_outcomes') }}

),

labels as (

    select * from {{ ref('labels') }}

),

{{ listed_bands('bands', ['person_id']) }},

sets_learned as (

    select distinct
        outcome,
        base_log_odds
    from factors

),

parts_ranked as (

    select
        bands_listed.*,
        sets_learned.outcome,
        coalesce(factors.log_odds, 0) as log_odds,
        sets_learned.base_log_odds + sum(coalesce(factors.log_odds, 0)) over (
            partition by bands_listed.person_id, sets_learned.outcome
        ) as all_log_odds,
        row_number() over (
            partition by bands_listed.person_id, sets_learned.outcome
            order by abs(coalesce(factors.log_odds, 0)) desc, bands_listed.attribute asc
        ) as reason_rank
    from bands_listed
    cross join sets_learned
    left join factors
        on
            sets_learned.outcome = factors.outcome
            and bands_listed.attribute = factors.attribute
            and bands_listed.band = factors.band

),

sentences_filled_in as (

    select
        parts_ranked.person_id,
        parts_ranked.outcome,
        parts_ranked.reason_rank,
        parts_ranked.all_log_odds,
        phrases.language,
        -- the name of the band comes last, so that nothing in it is filled in
        case
            when {{ odds }} <> 1
                then replace(
                    replace(
                        replace(phrases.label, '{odds}', cast({{ odds }} as {{ dbt.type_string() }})),
                        '{attribute}',
                        attribute_labels.label
                    ),
                    '{band}',
                    coalesce(band_labels.label, parts_ranked.band)
                )
        end as reason
    from parts_ranked
    inner join labels as phrases
        on
            phrases.kind = 'prediction'
            and phrases.key = case when parts_ranked.log_odds > 0 then 'raises' else 'lowers' end
    inner join labels as attribute_labels
        on
            parts_ranked.attribute = attribute_labels.key
            and phrases.language = attribute_labels.language
            and attribute_labels.kind = 'prediction'
    left join labels as band_labels
        on
            parts_ranked.band = band_labels.key
            and phrases.language = band_labels.language
            and band_labels.kind = 'prediction_band'
    where parts_ranked.reason_rank <= 3

),

reasons_listed as (

    select
        person_id,
        outcome,
        {% for rank, language in [(1, 'en'), (2, 'en'), (3, 'en'), (1, 'ja'), (2, 'ja'), (3, 'ja')] -%}
            max(reason) filter (where reason_rank = {{ rank }} and language = '{{ language }}')
                as reason_{{ rank }}_{{ language }},
        {% endfor -%}
        round({{ chance_of('cast(max(all_log_odds) as double)') }}, 6) as chance
    from sentences_filled_in
    group by person_id, outcome

)

select * from reasons_listed
