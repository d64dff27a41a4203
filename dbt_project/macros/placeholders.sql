{#
    A value of a raw column that stands in `placeholders` names nobody: these two, a join and a column of the select
    list, make it null. lead_id of an event needs neither, since no lead has such an id. `value` is what is compared
    instead of the column itself.
#}
{% macro joined_placeholders(relation, column, value=none) -%}
    left join placeholders as {{ column }}_placeholders
        on
            {{ column }}_placeholders.{{ adapter.quote('column') }} = '{{ column }}'
            and {{ column }}_placeholders.value = {{ lead_funnel.folded(value or relation ~ '.' ~ column) }}
{%- endmacro %}


{% macro unless_placeholder(relation, column) -%}
    case when {{ column }}_placeholders.value is null then {{ relation }}.{{ column }} end as {{ column }}
{%- endmacro %}
