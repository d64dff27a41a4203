{# a model in Python is dbt's own affair #}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- if model.language == 'python' -%}
        {{ return(lead_funnel.built_by_dbt(dbt.materialization_table_duckdb)) }}
    {%- endif -%}
    {{ lead_funnel.execute_batch(lead_funnel.replace_table(this, compiled_code)) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}
