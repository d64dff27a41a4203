{# what has to be there before the first node is built #}
{% macro prepare_engine() -%}
    {{ return(adapter.dispatch('prepare_engine', 'lead_funnel')()) }}
{%- endmacro %}

{% macro duckdb__prepare_engine() -%}
    {{ lead_funnel.create_node_states() }}
{%- endmacro %}

{# the raw rows were handed on as Parquet, and get their names #}
{% macro spark__prepare_engine() -%}
    {%- if execute and flags.WHICH in ['build', 'run', 'test'] -%}
        {%- do run_query('create schema if not exists raw') -%}
        {%- for name in env_var('FUNNEL_FEEDS').split() -%}
            {%- do run_query('create or replace view raw.' ~ name ~ ' as select * from ' ~ lead_funnel.handed_on('raw', name)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
