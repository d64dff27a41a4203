{#
    The rows of each `key` must be ranges of days [valid_from, valid_to) that follow each other without gap or
    overlap, the last one open, and each must say something else in `says` than the one before.
    Returns the rows after which that is broken.
#}
{% test ranges_touch(model, key, says) %}

{%- set of_its_key = 'over (partition by ' ~ key | join(', ') ~ ' order by valid_from)' -%}

with

ranges as (

    select * from {{ lead_funnel.rows_that_share(model, key) }}

),

neighbours_found as (

    select
        *,
        lead(valid_from) {{ of_its_key }} as next_valid_from,
        lead({{ says }}) {{ of_its_key }} as next_{{ says }}
    from ranges

)

select * from neighbours_found
where
    valid_to <= valid_from
    or valid_to is distinct from next_valid_from
    or next_{{ says }} = {{ says }}

{% endtest %}
