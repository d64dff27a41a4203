{% set odds = 'cast(round(exp(cast(parts_ranked.log_odds as double)), 2) as decimal(18, 2))' %}

with

parts as (

    select * from {{ ref('int_prediction_parts') }}

),

labels as (

    select * from {{ ref('labels') }}

),

phrases as (

    select
        language,
        max(label) filter (where key = 'raises') as raises,
        max(label) filter (where key = 'lowers') as lowers
    from labels
    where kind = 'prediction'
    group by language

),

parts_ranked as (

    select
        *,
        row_number() over (partition by person_id, outcome order by abs(log_odds) desc, attribute asc) as reason_rank
    from parts
    where is_open

),

sentences_filled_in as (

    select
        parts_ranked.person_id,
        parts_ranked.outcome,
        parts_ranked.reason_rank,
        phrases.language,
        -- the name of the band comes last, so that nothing in it is filled in
        replace(
            replace(
                replace(
                    case when parts_ranked.log_odds > 0 then phrases.raises else phrases.lowers end,
                    '{odds}',
                    cast({{ odds }} as {{ dbt.type_string() }})
                ),
                '{attribute}',
                attribute_labels.label
            ),
            '{band}',
            coalesce(band_labels.label, parts_ranked.band)
        ) as reason
    from parts_ranked
    cross join phrases
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
    where parts_ranked.reason_rank <= 3 and {{ odds }} <> 1

),

chances_found as (

    select
        person_id,
        outcome,
        round({{ chance_of('cast(max(base_log_odds) + sum(log_odds) as double)') }}, 6) as chance
    from parts_ranked
    group by person_id, outcome

),

reasons_listed as (

    select
        {% for rank, language in [(1, 'en'), (2, 'en'), (3, 'en'), (1, 'ja'), (2, 'ja'), (3, 'ja')] -%}
            max(sentences_filled_in.reason) filter (
                where sentences_filled_in.reason_rank = {{ rank }} and sentences_filled_in.language = '{{ language }}'
            ) as reason_{{ rank }}_{{ language }},
        {% endfor -%}
        chances_found.person_id,
        chances_found.outcome,
        chances_found.chance
    from chances_found
    left join sentences_filled_in
        on
            chances_found.person_id = sentences_filled_in.person_id
            and chances_found.outcome = sentences_filled_in.outcome
    group by chances_found.person_id, chances_found.outcome, chances_found.chance

)

select * from reasons_listed
