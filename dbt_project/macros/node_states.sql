{#
    Every table carries a stamp in `node_states`: the state that it was built in, and the build that its affected rows
    were computed against. The orchestration hands both over; whoever builds a table without it leaves no stamp, so
    that the next refresh builds the table again. The materializations of DuckDB write it in the transaction of the
    table; those of Spark write it into the text of a view.
#}
{% macro create_node_states() -%}
    {%- if flags.WHICH in ['build', 'run', 'seed'] -%}
        create table if not exists {{ target.schema }}.node_states (node varchar, state varchar, based_on varchar)
    {%- endif -%}
{%- endmacro %}


{% macro forget_node_state() -%}
    delete from {{ target.schema }}.node_states where node = '{{ this.identifier }}'
{%- endmacro %}


{% macro record_node_state() -%}
    {%- set known = var('node_states', {}).get(this.identifier) -%}
    {{ lead_funnel.forget_node_state() }}
    {%- if known -%}
        ;
        insert into {{ target.schema }}.node_states
        values ('{{ this.identifier }}', '{{ known[0] }}', {{ "'" ~ known[1] ~ "'" if known[1] else 'null' }})
    {%- endif -%}
{%- endmacro %}
