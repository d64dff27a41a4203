{# the four materializations of Spark; each is one query, see `swap_in` #}
{% materialization view, adapter='spark' %}
    {%- do lead_funnel.run_spark_hooks(pre_hooks) -%}
    {{ lead_funnel.point_view_at('(' ~ lead_funnel.contracted_query(compiled_code) ~ '\n) as selected_rows') }}
    {%- do lead_funnel.drop_slots(['a', 'b']) -%}
    {%- do lead_funnel.run_spark_hooks(post_hooks) -%}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}


{% materialization table, adapter='spark' %}
    {%- do lead_funnel.run_spark_hooks(pre_hooks) -%}
    {{ lead_funnel.swap_in(lead_funnel.contracted_query(compiled_code)) }}
    {%- do lead_funnel.run_spark_hooks(post_hooks) -%}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}


{# what stays and what was computed for the affected keys, see macros/incremental.sql #}
{% materialization incremental, adapter='spark' %}
    {%- do lead_funnel.run_spark_hooks(pre_hooks) -%}
    {%- set query = lead_funnel.contracted_query(compiled_code) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing and lead_funnel.is_incremental_build() and not should_full_refresh() -%}
        {%- if config.get('incremental_strategy') != 'affected_keys' -%}
            {%- do exceptions.raise_compiler_error('on Spark a model is incremental by affected_keys alone, not by ' ~ config.get('incremental_strategy')) -%}
        {%- endif -%}
        {%- set query = lead_funnel.rows_that_stay_and(query, existing) -%}
    {%- endif -%}
    {{ lead_funnel.swap_in(query) }}
    {%- do lead_funnel.run_spark_hooks(post_hooks) -%}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}


{#
    Rules and labels are handed on as Parquet, with the types of the YAML, since a cluster does not see the folder of
    the rules; a seed of a company is read by dbt.
#}
{% materialization seed, adapter='spark' %}
    {%- if model.package_name == 'lead_funnel' -%}
        {%- set query = 'select * from ' ~ lead_funnel.handed_on(config.get('schema'), model.name) -%}
    {%- else -%}
        {%- set query = lead_funnel.rows_of_seed(load_agate_table(), config.get('column_types') or {}) -%}
    {%- endif -%}
    {{ lead_funnel.swap_in(query) }}
    {#- dbt shows the rows of a seed on demand, from a result of this name -#}
    {% do store_result('agate_table', response='OK') %}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}
