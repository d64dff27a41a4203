{% set models = attribution_models().split() %}

with

touch_credits as (

    select * from {{ ref('int_touch_credits') }}

),

rescored_persons as (

    select * from {{ ref('int_rescored_persons') }}

),

credits_summed as (

    select
        {% for model in models -%}
            sum({{ model }}_credit) as {{ model }}_credit,
        {% endfor -%}
        person_id,
        conversion_date
    from touch_credits
    where {{ is_affected('person_id', 'rescored_persons') }}
    group by person_id, conversion_date

)

select * from credits_summed
where
    least({{ models | join('_credit, ') }}_credit) < 1 - 1e-9
    or greatest({{ models | join('_credit, ') }}_credit) > 1 + 1e-9
