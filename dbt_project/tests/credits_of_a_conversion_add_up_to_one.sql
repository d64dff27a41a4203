{% set models = attribution_models().split() %}

with

touch_credits as (

    select * from {{ ref('int_touch_credits') }}

),

credits_summed as (

    select
        {% for model in models -%}
            sum({{ model }}_credit) as {{ model }}_credit,
        {% endfor -%}
        person_id,
        conversion_date
    from touch_credits
    group by person_id, conversion_date

)

select * from credits_summed
where
    least({{ models | join('_credit, ') }}_credit) < 1 - 1e-9
    or greatest({{ models | join('_credit, ') }}_credit) > 1 + 1e-9
