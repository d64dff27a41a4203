{#
    One node for everything that must hold for every row of a model, since each dbt node has a fixed price.
    key: columns that name a row; nullable: those of the key that may be null; required: columns never null; accepted:
    column to its list of values (null allowed); rules: name to condition, `as_of_date` standing for D (null counts as
    kept); references: column to the (relation, column) that holds every one of its values.
    Returns each broken rule and how many rows break it; the test fails for as many rows as the worst rule.
    An incremental build tests only the affected rows, but a key across all rows if it leaves out the unique_key.
#}
{% test keeps_its_rules(model, key=[], nullable=[], required=[], accepted={}, rules={}, references={}) %}

{{ config(fail_calc='coalesce(max(failing_rows), 0)') }}

{%- set checks = [] -%}
{%- for column in key | reject('in', nullable) | list + required -%}
    {%- do checks.append((column ~ ' is not null', column ~ ' is null')) -%}
{%- endfor -%}
{%- for column, values in accepted.items() -%}
    {%- do checks.append((column ~ ' is an accepted value', column ~ " not in ('" ~ values | join("', '") ~ "')")) -%}
{%- endfor -%}
{%- for name, condition in rules.items() -%}
    {%- do checks.append((name | replace('_', ' '), 'not (' ~ condition | replace('as_of_date', lead_funnel.as_of_date()) ~ ')')) -%}
{%- endfor -%}

with

judged as (

    select * from {{ lead_funnel.rows_just_built(model) }}

),

counted as (

    select
        {% for name, broken_when in checks -%}
            count(*) filter (where {{ broken_when }}) as check_{{ loop.index }},
        {% endfor -%}
        count(*) as row_count
    from judged

),

listed as (

    {% for name, broken_when in checks -%}
        select
            '{{ name }}' as broken_rule,
            check_{{ loop.index }} as failing_rows
        from counted
        union all
    {% endfor -%}
    {% for column, target in references.items() -%}
        select
            '{{ column }} is in {{ target[1] }}' as broken_rule,
            count(*) as failing_rows
        from judged
        left join {{ target[0] }} as referenced
            on judged.{{ column }} = referenced.{{ target[1] }}
        where judged.{{ column }} is not null and referenced.{{ target[1] }} is null
        union all
    {% endfor -%}
    {% if key -%}
        select
            'key is unique' as broken_rule,
            (select count(*) from {{ lead_funnel.rows_that_share(model, key) }} as keyed)
            - (select count(*) from (
                select distinct {{ key | join(', ') }} from {{ lead_funnel.rows_that_share(model, key) }} as keyed
            ) as keys) as failing_rows
    {%- else -%}
        select
            'no key' as broken_rule,
            0 as failing_rows
    {%- endif %}

)

select * from listed
where failing_rows > 0

{% endtest %}
