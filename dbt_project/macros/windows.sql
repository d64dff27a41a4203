{# window function: the last value up to the current row that is not null #}
{% macro last_known(value) -%}
    {{ return(adapter.dispatch('last_known', 'lead_funnel')(value)) }}
{%- endmacro %}

{% macro duckdb__last_known(value) -%}
    last_value({{ value }} ignore nulls)
{%- endmacro %}

{% macro spark__last_known(value) -%}
    last({{ value }}, true)
{%- endmacro %}


{# window function: the first value from the current row on that is not null #}
{% macro first_known(value) -%}
    {{ return(adapter.dispatch('first_known', 'lead_funnel')(value)) }}
{%- endmacro %}

{% macro duckdb__first_known(value) -%}
    first_value({{ value }} ignore nulls)
{%- endmacro %}

{% macro spark__first_known(value) -%}
    first({{ value }}, true)
{%- endmacro %}
