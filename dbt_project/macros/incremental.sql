{#
    An incremental build computes what differs from the last complete build: `last_as_of_date` is the day that one
    reported, `new_loads` are the loads that came after it. If anything else differs between the two builds, the
    orchestration asks for a full rebuild.
#}
{% macro is_incremental_build() -%}
    {{ return(var('last_as_of_date', none) is not none) }}
{%- endmacro %}


{# true while only what differs from the last build is computed; for a where clause #}
{% macro incremental_only() -%}
    {{ 'true' if lead_funnel.is_incremental_build() else 'false' }}
{%- endmacro %}


{#
    Whether a row is to be computed: its key is among the affected ones (a CTE with a column of that name), or all are.
    A key of several columns is a list of them, each with the name of its relation.
#}
{% macro is_affected(key, affected_keys) -%}
    {%- if lead_funnel.is_incremental_build() -%}
        {%- if key is string -%}
            {{ key }} in (select {{ key.split('.') | last }} from {{ affected_keys }})
        {%- else -%}
            exists (
                select 1 from {{ affected_keys }} as affected
                where {% for column in key -%}
                    affected.{{ column.split('.') | last }} = {{ column }}{{ ' and ' if not loop.last }}
                {%- endfor %}
            )
        {%- endif -%}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


{# all rows, or in an incremental build the affected ones, which another model has selected #}
{% macro affected_or_all(affected_rows, all_rows) -%}
    {{ return(affected_rows if lead_funnel.is_incremental_build() else all_rows) }}
{%- endmacro %}


{# whether a raw row came after the last build, or lies on a day that it did not report #}
{% macro is_new_to_the_models(instant) -%}
    {%- if lead_funnel.is_incremental_build() -%}
        {%- set last_day = "date '" ~ var('last_as_of_date') ~ "'" -%}
        (
            {% if var('new_loads') -%}
                _dlt_load_id in ('{{ var("new_loads") | join("', '") }}') or
            {%- endif %}
            (
                {{ instant }} >= {{ last_day }}
                and {{ lead_funnel.local_date(instant) }} > {{ last_day }}
                and {{ lead_funnel.is_known_at_as_of(instant) }}
            )
        )
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}


{#
    What an intermediate model held after the last build, which is still in its table if the model that asks runs
    first; no rows in a full rebuild. No ref, since the asked model depends on the asking one.
#}
{% macro rows_of_last_build(model_name, text_columns) -%}
    {%- if lead_funnel.is_incremental_build() -%}
        select {{ text_columns | join(', ') }}
        from {{ this.schema }}.{{ model_name }}
    {%- else -%}
        select
            {% for column in text_columns -%}
                cast(null as {{ dbt.type_string() }}) as {{ column }}{{ "," if not loop.last }}
            {% endfor -%}
        where false
    {%- endif -%}
{%- endmacro %}


{# a copy of the table as the last build left it, for models that compare; runs before the model does #}
{% macro keep_last_build() -%}
    {%- if lead_funnel.is_incremental_build() -%}
        {{ lead_funnel.copy_table(lead_funnel.kept_copy_of(this), this) }}
    {%- endif -%}
{%- endmacro %}


{% macro copy_table(copy, original) -%}
    {{ return(adapter.dispatch('copy_table', 'lead_funnel')(copy, original)) }}
{%- endmacro %}

{% macro duckdb__copy_table(copy, original) -%}
    create or replace table {{ copy }} as select * from {{ original }}
{%- endmacro %}

{% macro spark__copy_table(copy, original) -%}
    drop table if exists {{ copy }};
    create table {{ copy }} using parquet as select * from {{ original }}
{%- endmacro %}


{% macro kept_copy_of(relation) -%}
    {{ relation.schema }}.{{ relation.identifier }}__before
{%- endmacro %}


{# rows of a model that was built anew and has kept its last build, only in this or only in the last one #}
{% macro changed_rows(model) -%}
    {%- if lead_funnel.is_incremental_build() -%}
        (select * from {{ model }} except select * from {{ lead_funnel.kept_copy_of(model) }})
        union all
        (select * from {{ lead_funnel.kept_copy_of(model) }} except select * from {{ model }})
    {%- else -%}
        select * from {{ model }} where false
    {%- endif -%}
{%- endmacro %}


{#
    Incremental strategy: the rows of all affected keys are replaced by what was computed for them, which may be none.
    The model names the relation of the affected keys in `affected_by` and its column, or columns, as `unique_key`.
#}
{% macro get_incremental_affected_keys_sql(arguments) -%}
    {%- set table = arguments.target_relation -%}
    delete from {{ table }}
    {%- if lead_funnel.is_incremental_build() %}
    {%- set affected_keys = lead_funnel.relation_of(config.require('affected_by')) %}
    where {{ lead_funnel.is_affected(lead_funnel.key_in(table.identifier, arguments.unique_key), affected_keys) }}
    {%- endif %};
    insert into {{ arguments.target_relation }} by name select * from {{ arguments.temp_relation }}
{%- endmacro %}


{# the columns of a `unique_key`, one or several, as those of a relation #}
{% macro key_in(relation, unique_key) -%}
    {%- set columns = [] -%}
    {%- for column in lead_funnel.columns_of_key(unique_key) -%}
        {%- do columns.append(relation ~ '.' ~ column) -%}
    {%- endfor -%}
    {{ return(columns if columns | length > 1 else columns[0]) }}
{%- endmacro %}


{% macro columns_of_key(unique_key) -%}
    {{ return([unique_key] if unique_key is string else unique_key) }}
{%- endmacro %}


{% macro relation_of(model_name) -%}
    {%- set found = graph.nodes.values() | selectattr('name', 'equalto', model_name) | list -%}
    {{ return(found[0].relation_name) }}
{%- endmacro %}


{# whether a day is one that D reports and the last build did not #}
{% macro is_day_since_last_build(day) -%}
    {%- if lead_funnel.is_incremental_build() -%}
        ({{ day }} > date '{{ var("last_as_of_date") }}' and {{ day }} <= {{ lead_funnel.as_of_date() }})
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}


{#
    What a data test has to look at: the whole model, or in an incremental build of an incremental model the rows of
    the affected keys, since the others were tested when they were built. Stands in a from clause.
#}
{% macro rows_just_built(model) -%}
    {%- set built = lead_funnel.model_of(model) -%}
    {%- if lead_funnel.is_incremental_build() and built and built.config.get('affected_by') -%}
        {%- set affected_keys = lead_funnel.relation_of(built.config.get('affected_by')) -%}
        (
            select * from {{ model }} as built
            where {{ lead_funnel.is_affected(lead_funnel.key_in('built', built.config.unique_key), affected_keys) }}
        )
    {%- else -%}
        {{ model }}
    {%- endif -%}
{%- endmacro %}


{# the rows just built if others cannot share a key with them, else the whole model #}
{% macro rows_that_share(model, key) -%}
    {%- set built = lead_funnel.model_of(model) -%}
    {%- set unique_key = built.config.unique_key if built else none -%}
    {%- set is_within = unique_key and not lead_funnel.columns_of_key(unique_key) | reject('in', key) | list -%}
    {{ lead_funnel.rows_just_built(model) if is_within else model }}
{%- endmacro %}


{% macro model_of(relation) -%}
    {#- the graph is known when a node runs, not while the project is parsed -#}
    {%- set nodes = graph.nodes.values() if execute else [] -%}
    {{ return(nodes | selectattr('relation_name', 'equalto', relation | string) | first) }}
{%- endmacro %}
