{# the stages that a cycle can reach after its start, in order and apart by spaces #}
{% macro funnel_stages() -%}
    mql handed_off sal appointment opportunity won
{%- endmacro %}
