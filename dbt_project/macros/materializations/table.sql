{% materialization table, adapter='duckdb' %}
    {{ execute_batch(replace_table(this, compiled_code)) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}
