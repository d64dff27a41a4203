{#
    What the materializations of DuckDB are made of. A node is one batch of statements, its hooks, comments and stamp
    included, and one transaction: a build that is killed leaves the old table with its old stamp. dbt's own build a
    table beside the old one and rename both, in ten statements that cost more than DuckDB needs for a small model.
#}
{% macro execute_batch(statements) -%}
    {%- set batch = lead_funnel.rendered_hooks(pre_hooks) + statements + lead_funnel.persisted_docs() + [lead_funnel.record_node_state()]
        + lead_funnel.rendered_hooks(post_hooks) -%}
    {% call statement('main') -%}
        {{ batch | map('trim') | select | join(';\n') }}
    {%- endcall %}
    {% do adapter.commit() %}
{%- endmacro %}


{#
    What dbt's own materialization builds, with a stamp: none while it is built, so that a build that is killed leaves
    a table that is built again.
#}
{% macro built_by_dbt(materialization) -%}
    {% call statement('forget_state') -%} {{ lead_funnel.forget_node_state() }} {%- endcall %}
    {% do adapter.commit() %}
    {%- set built = materialization() -%}
    {% call statement('record_state') -%} {{ lead_funnel.record_node_state() }} {%- endcall %}
    {% do adapter.commit() %}
    {{ return(built) }}
{%- endmacro %}


{% macro rendered_hooks(hooks) -%}
    {%- set rendered = [] -%}
    {%- for hook in hooks -%}
        {%- do rendered.append(render(hook.sql)) -%}
    {%- endfor -%}
    {{ return(rendered) }}
{%- endmacro %}


{# a table of what the query selects, in place of whatever has its name #}
{% macro replace_table(relation, query) -%}
    {%- set replaced = [lead_funnel.drop_of_other_type(relation, 'table')] -%}
    {%- if config.get('contract').enforced -%}
        {%- do replaced.append(lead_funnel.fail_unless_contracted(query)) -%}
        {%- do replaced.append('create or replace table ' ~ relation ~ get_table_columns_and_constraints()) -%}
        {%- do replaced.append(
            'insert into ' ~ relation ~ get_column_names() ~ '(' ~ get_select_subquery(query) ~ ')'
        ) -%}
    {%- else -%}
        {%- do replaced.append('create or replace table ' ~ relation ~ ' as (' ~ query ~ '\n)') -%}
    {%- endif -%}
    {{ return(replaced) }}
{%- endmacro %}


{# DuckDB replaces a table by a table and a view by a view; what depends on either finds the new one by its name #}
{% macro drop_of_other_type(relation, type) -%}
    {%- set existing = load_cached_relation(relation) -%}
    {%- if existing and existing.type != type -%}
        drop {{ existing.type }} {{ existing }}
    {%- endif -%}
{%- endmacro %}


{# a statement that fails and names the columns if a query selects others, or of other types, than a place has #}
{% macro fail_on_other_columns(query, expected, place) -%}
    select error(string_agg(
        'column ' || column_name || case
            when expected.column_type is null then ' is selected, but not in {{ place }}'
            when selected.column_type is null then ' is in {{ place }}, but not selected'
            else ' is ' || selected.column_type || ', and ' || expected.column_type || ' in {{ place }}'
        end,
        '; ' order by column_name
    ))
    from (describe {{ query }}
    ) as selected
    full outer join (describe {{ expected }}) as expected using (column_name)
    where selected.column_type is distinct from expected.column_type
    having count(*) > 0
{%- endmacro %}


{# the same for the columns of the YAML #}
{% macro fail_unless_contracted(query) -%}
    {%- if not model.columns -%}
        {%- do exceptions.raise_contract_error([], []) -%}
    {%- endif -%}
    {%- set contracted -%}
        select
            {% for column in model.columns.values() -%}
                cast(null as {{ column.data_type }}) as {{ adapter.quote(column.name) }}{{ ', ' if not loop.last }}
            {%- endfor %}
    {%- endset -%}
    {{ lead_funnel.fail_on_other_columns(query, contracted, model.name ~ '.yml') }}
{%- endmacro %}


{# what `persist_docs` asks for #}
{% macro persisted_docs() -%}
    {%- set comments = [] -%}
    {%- if config.persist_relation_docs() and model.description -%}
        {%- set type = 'view' if model.config.materialized == 'view' else 'table' -%}
        {%- do comments.append('comment on ' ~ type ~ ' ' ~ this ~ ' is ' ~ lead_funnel.duckdb__quoted_text(model.description)) -%}
    {%- endif -%}
    {%- if config.persist_column_docs() -%}
        {%- for column in model.columns.values() -%}
            {%- set name = this ~ '.' ~ adapter.quote(column.name) -%}
            {%- do comments.append('comment on column ' ~ name ~ ' is ' ~ lead_funnel.duckdb__quoted_text(column.description)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(comments) }}
{%- endmacro %}
