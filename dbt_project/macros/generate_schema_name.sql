{#
    Schemas are named exactly as configured: staging, intermediate, marts, rules. The published file has but one,
    in which the metric layer looks for the marts.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ lead_funnel.default__generate_schema_name(custom_schema_name, node) }}
{%- endmacro %}


{# where a company's project finds it, by the search order of its `dispatch` #}
{% macro default__generate_schema_name(custom_schema_name, node) -%}
    {%- if target.name == 'published' -%}
        {{ target.schema }}
    {%- else -%}
        {{ (custom_schema_name or target.schema) | trim }}
    {%- endif -%}
{%- endmacro %}
