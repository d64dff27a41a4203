{#
    What the materializations of Spark are made of. Parquet tables know neither a transaction nor a swap, and to rename
    one is to copy it where files lie in an object store. So each relation is a view, and a table lies below it in one
    of two slots, `__a` and `__b`: the rows are written into the free slot, and one statement points the view at it and
    says its state. A build that is killed before leaves the view with the rows and the stamp that it had.
#}
{% macro swap_in(query) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set used = 'a' if existing and lead_funnel.slot('a') in (existing.information or '') | replace('`', '') else 'b' -%}
    {%- set free = 'b' if used == 'a' else 'a' -%}
    {%- do lead_funnel.drop_slots([free]) -%}
    {% call statement('main') -%}
        create table {{ lead_funnel.slot(free) }} using parquet as {{ query }}
    {%- endcall %}
    {{ lead_funnel.point_view_at(lead_funnel.slot(free)) }}
    {%- do lead_funnel.drop_slots([used]) -%}
{%- endmacro %}


{% macro slot(letter) -%}
    {{ this.schema }}.{{ this.identifier }}__{{ letter }}
{%- endmacro %}


{% macro drop_slots(letters) -%}
    {%- for letter in letters -%}
        {%- do run_query('drop table if exists ' ~ lead_funnel.slot(letter)) -%}
    {%- endfor -%}
{%- endmacro %}


{# to alter a view is one step in the catalog, to replace one is two; its text carries the stamp of the node #}
{% macro point_view_at(rows) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing and not existing.is_view -%}
        {%- do run_query('drop table ' ~ existing) -%}
        {%- set existing = none -%}
    {%- endif -%}
    {% call statement('main') -%}
        {{ 'alter' if existing else 'create' }} view {{ this }} as
        select /* {{ lead_funnel.stamp_of_node() }} */ * from {{ rows }}
    {%- endcall %}
{%- endmacro %}


{# what the orchestration compares, see macros/node_states.sql #}
{% macro stamp_of_node() -%}
    {%- set state, based_on = var('node_states', {}).get(this.identifier, ['none', none]) -%}
    funnel state {{ state }} based on {{ based_on or 'none' }}
{%- endmacro %}


{% macro run_spark_hooks(hooks) -%}
    {%- for hook in hooks -%}
        {%- for sql in render(hook.sql).split(';\n') if sql | trim -%}
            {%- do run_query(sql) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}


{#
    The query with the columns of the YAML, in its order and of its types, if there is a contract. Spark counts in 32
    bits where DuckDB counts in 64, and has sums of decimals of another precision: those are widened. Any other
    difference fails, and names its columns.
#}
{% macro contracted_query(query) -%}
    {%- if not config.get('contract').enforced -%}
        {{ return(query) }}
    {%- endif -%}
    {%- set expected = {} -%}
    {%- for column in model.columns.values() -%}
        {%- do expected.update({column.name: lead_funnel.spark_type(column.data_type)}) -%}
    {%- endfor -%}
    {%- do lead_funnel.fail_on_other_spark_columns(query, expected, model.name ~ '.yml') -%}
    {%- set columns = [] -%}
    {%- for name, type in expected.items() -%}
        {%- do columns.append('cast(' ~ adapter.quote(name) ~ ' as ' ~ type ~ ') as ' ~ adapter.quote(name)) -%}
    {%- endfor -%}
    {{ return('select ' ~ columns | join(', ') ~ ' from (' ~ query ~ '\n) as selected_rows') }}
{%- endmacro %}


{% macro spark_type(name) -%}
    {%- set known = {'varchar': 'string', 'text': 'string', 'integer': 'int', 'real': 'float', 'int8': 'bigint'} -%}
    {%- set given = name | lower | replace(' ', '') -%}
    {{ return(known.get(given, given)) }}
{%- endmacro %}


{# `expected` maps a column to its type; `place` says where it is expected #}
{% macro fail_on_other_spark_columns(query, expected, place) -%}
    {%- set selected = {} -%}
    {%- for column in adapter.get_column_schema_from_query(get_empty_subquery_sql(query)) -%}
        {%- do selected.update({column.column: lead_funnel.spark_type(column.dtype)}) -%}
    {%- endfor -%}
    {%- set faults = [] -%}
    {%- for name, type in selected.items() -%}
        {%- set wanted = expected.get(name) -%}
        {%- set is_wider = [type, wanted] == ['int', 'bigint'] or (type.startswith('decimal') and (wanted or '').startswith('decimal')) -%}
        {%- if not wanted -%}
            {%- do faults.append('column ' ~ name ~ ' is selected, but not in ' ~ place) -%}
        {%- elif type != wanted and not is_wider -%}
            {%- do faults.append('column ' ~ name ~ ' is ' ~ type ~ ', and ' ~ wanted ~ ' in ' ~ place) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in expected if name not in selected -%}
        {%- do faults.append('column ' ~ name ~ ' is in ' ~ place ~ ', but not selected') -%}
    {%- endfor -%}
    {%- if faults -%}
        {%- do exceptions.raise_compiler_error(faults | join('; ')) -%}
    {%- endif -%}
{%- endmacro %}


{# a query of the table as it stands without the rows of the affected keys, and of what was computed for them #}
{% macro rows_that_stay_and(query, existing) -%}
    {%- set expected = {} -%}
    {%- for column in adapter.get_columns_in_relation(existing) -%}
        {%- do expected.update({column.column: lead_funnel.spark_type(column.dtype)}) -%}
    {%- endfor -%}
    {%- do lead_funnel.fail_on_other_spark_columns(query, expected, 'the table') -%}
    {%- set key = config.require('unique_key') -%}
    {%- set affected = lead_funnel.relation_of(config.require('affected_by')) -%}
    {%- set columns = expected.keys() | map('trim') | join(', ') -%}
    {%- set stays -%}
        select {{ columns }} from {{ existing }} as built
        left anti join {{ affected }} as affected on built.{{ key }} = affected.{{ key }}
    {%- endset -%}
    {{ return(stays ~ '\nunion all\nselect ' ~ columns ~ ' from (' ~ query ~ '\n) as computed') }}
{%- endmacro %}


{# rows that the orchestration wrote as Parquet: `folder` is raw, rules or labels #}
{% macro handed_on(folder, name) -%}
    parquet.`{{ env_var('FUNNEL_HANDED_ON') }}/{{ folder }}/{{ name }}`
{%- endmacro %}


{# the cells of a seed as dbt read them; dbt-spark would bind an empty one as the text None #}
{% macro rows_of_seed(agate_table, column_types) -%}
    {%- set names = agate_table.column_names -%}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows -%}
        {%- set cells = [] -%}
        {%- for cell in row -%}
            {%- do cells.append('null' if cell is none else lead_funnel.quoted_text(cell | string)) -%}
        {%- endfor -%}
        {%- do rows.append('(' ~ cells | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- set columns = [] -%}
    {%- for name in names -%}
        {%- set type = lead_funnel.spark_type(column_types.get(name) or adapter.convert_type(agate_table, loop.index0)) -%}
        {%- do columns.append('cast(cells.' ~ adapter.quote(name) ~ ' as ' ~ type ~ ') as ' ~ adapter.quote(name)) -%}
    {%- endfor -%}
    {%- set cells = 'values ' ~ rows | join(', ') if rows else 'select ' ~ (['null'] * names | length) | join(', ') ~ ' where false' -%}
    {%- set quoted = [] -%}
    {%- for name in names -%} {%- do quoted.append(adapter.quote(name)) -%} {%- endfor -%}
    {{ return('select ' ~ columns | join(', ') ~ ' from (' ~ cells ~ ') as cells (' ~ quoted | join(', ') ~ ')') }}
{%- endmacro %}
