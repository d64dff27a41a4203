{# the stages that a cycle can reach after its start, in order and apart by spaces #}
{% macro funnel_stages() -%}
    mql handed_off sal appointment opportunity won
{%- endmacro %}


{# ways to share the credit for a conversion among the touches before it, apart by spaces #}
{% macro attribution_models() -%}
    first last linear position time_decay
{%- endmacro %}
