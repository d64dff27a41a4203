{% materialization view, adapter='duckdb' %}
    {%- set replaced = [lead_funnel.drop_of_other_type(this, 'view')] -%}
    {%- if config.get('contract').enforced -%}
        {%- do replaced.append(lead_funnel.fail_unless_contracted(compiled_code)) -%}
    {%- endif -%}
    {%- do replaced.append('create or replace view ' ~ this ~ ' as (' ~ compiled_code ~ '\n)') -%}
    {{ lead_funnel.execute_batch(replaced) }}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}
