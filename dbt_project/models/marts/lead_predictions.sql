{% set outcomes = ['accepted', 'won'] %}

with

bands as (

    select * from {{ ref('int_prediction_bands') }}

),

factors as (

    select * from {{ ref('int_prediction_factors') }}

),

reasons as (

    select * from {{ ref('int_prediction_reasons') }}

),

labels as (

    select * from {{ ref('labels') }}
    where kind = 'prediction' and key = 'too_few_outcomes'

),

sets_counted as (

    select
        outcome,
        max(learned_handoffs) as learned_handoffs
    from factors
    where learned_before = {{ add_days(as_of_date(), 1) }}
    group by outcome

),

outcomes_listed as (

    {% for outcome in outcomes -%}
        select '{{ outcome }}' as outcome
        {{ "union all" if not loop.last }}
    {% endfor %}

),

notes_written as (

    select
        outcomes_listed.outcome,
        coalesce(sets_counted.learned_handoffs, 0) as learned_handoffs,
        {% for language in ['en', 'ja'] -%}
            replace(
                replace(
                    labels_{{ language }}.label,
                    '{count}',
                    cast(coalesce(sets_counted.learned_handoffs, 0) as {{ dbt.type_string() }})
                ),
                '{fewest}',
                '{{ var("fewest_prediction_outcomes") }}'
            ) as note_{{ language }},
        {% endfor -%}
        coalesce(sets_counted.learned_handoffs, 0) >= {{ var('fewest_prediction_outcomes') }} as is_predicted
    from outcomes_listed
    left join sets_counted
        on outcomes_listed.outcome = sets_counted.outcome
    {% for language in ['en', 'ja'] -%}
        inner join labels as labels_{{ language }}
            on labels_{{ language }}.language = '{{ language }}'
    {% endfor %}

),

open_leads as (

    select person_id from bands
    where is_open

),

predictions_joined as (

    select
        {% for outcome in outcomes -%}
            {{ outcome }}_note.learned_handoffs as {{ outcome }}_learned_handoffs,
            case when {{ outcome }}_note.is_predicted then 'predicted' else 'too_few_outcomes' end as {{ outcome }}_status,
            {{ outcome }}_reasons.chance as {{ outcome }}_chance,
            {{ outcome }}_reasons.reason_1_en as {{ outcome }}_reason_1_en,
            {{ outcome }}_reasons.reason_2_en as {{ outcome }}_reason_2_en,
            {{ outcome }}_reasons.reason_3_en as {{ outcome }}_reason_3_en,
            {{ outcome }}_reasons.reason_1_ja as {{ outcome }}_reason_1_ja,
            {{ outcome }}_reasons.reason_2_ja as {{ outcome }}_reason_2_ja,
            {{ outcome }}_reasons.reason_3_ja as {{ outcome }}_reason_3_ja,
            case when not {{ outcome }}_note.is_predicted then {{ outcome }}_note.note_en end as {{ outcome }}_note_en,
            case when not {{ outcome }}_note.is_predicted then {{ outcome }}_note.note_ja end as {{ outcome }}_note_ja,
        {% endfor -%}
        open_leads.person_id
    from open_leads
    {% for outcome in outcomes -%}
        inner join notes_written as {{ outcome }}_note
            on {{ outcome }}_note.outcome = '{{ outcome }}'
        left join reasons as {{ outcome }}_reasons
            on
                open_leads.person_id = {{ outcome }}_reasons.person_id
                and {{ outcome }}_reasons.outcome = '{{ outcome }}'
    {% endfor %}

)

select * from predictions_joined
