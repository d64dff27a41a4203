{#
    The rows of the affected keys are replaced by what the model computes for them. It does not read its own table,
    so that nothing has to be kept aside in between. A model of a company has the strategies of dbt.
#}
{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- if config.get('incremental_strategy') != 'affected_keys' -%}
        {{ return(lead_funnel.built_by_dbt(dbt.materialization_incremental_duckdb)) }}
    {%- endif -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if not existing or not existing.is_table or should_full_refresh() -%}
        {{ lead_funnel.execute_batch(lead_funnel.replace_table(this, compiled_code)) }}
    {%- else -%}
        {%- set replaced = [] -%}
        {%- if config.get('contract').enforced -%}
            {%- do replaced.append(lead_funnel.fail_unless_contracted(compiled_code)) -%}
        {%- endif -%}
        {%- do replaced.append(lead_funnel.fail_on_other_columns(compiled_code, 'select * from ' ~ this, 'the table')) -%}
        {%- do replaced.append(lead_funnel.get_incremental_affected_keys_sql({
            'target_relation': this,
            'temp_relation': '(' ~ compiled_code ~ '\n) as computed',
            'unique_key': config.require('unique_key'),
        })) -%}
        {{ lead_funnel.execute_batch(replaced) }}
    {%- endif -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}
