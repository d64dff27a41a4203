{#
    Rules are read from the folder that FUNNEL_RULES names, else from the project's own; labels are the project's own
    whatever the rules. So the manifest knows no folder but the project, and dbt, which writes what a seed ran to the
    path of its file, never writes to a folder of rules. The dialect is said, since a cell such as `'a,'` next to
    others makes DuckDB guess a wrong one; the columns are those of the YAML, in its order. A seed of a company is read
    by dbt.
#}
{% materialization seed, adapter='duckdb' %}
    {%- if model.package_name != 'lead_funnel' -%}
        {{ return(lead_funnel.built_by_dbt(dbt.materialization_seed_default)) }}
    {%- endif -%}
    {%- set own_file = model.root_path ~ '/' ~ model.original_file_path -%}
    {%- set rules = env_var('FUNNEL_RULES', '') if config.get('schema') == 'rules' -%}
    {%- set file = rules ~ '/' ~ model.name ~ '.csv' if rules else own_file -%}
    {%- set columns -%}
        {%- for name, type in config.require('column_types').items() -%}
            {{ adapter.quote(name) }} {{ type }}{{ ", " if not loop.last }}
        {%- endfor -%}
    {%- endset -%}
    {%- set copied -%}
        copy {{ this }} from {{ lead_funnel.duckdb__quoted_text(file) }}
        (format csv, header true, delimiter ',', quote '"', escape '"', nullstr '', auto_detect false)
    {%- endset -%}
    {%- set created = 'create or replace table ' ~ this ~ ' (' ~ columns ~ ')' -%}
    {{ lead_funnel.execute_batch([lead_funnel.drop_of_other_type(this, 'table'), created, copied]) }}
    {#- dbt shows the rows of a seed on demand, from a result of this name -#}
    {% do store_result('agate_table', response='OK') %}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}
