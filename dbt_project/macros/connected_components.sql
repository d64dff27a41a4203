{#
    Table expression that names, for every lead in `links` (a relation of lead_id, linked_lead_id), the least
    lead_id that can be reached through links of any number and direction: (lead_id, component_id).

    Leads become numbers in the order of their ids. Every round, each lead takes the least number that its own
    parent, its links and their parents know of (the FastSV scheme: hooking and pointer jumping), so that a chain
    of n leads settles in about log n rounds; the search ends after a round that changes nothing.
#}
{% macro connected_components(links) -%}
    {{ return(adapter.dispatch('connected_components', 'lead_funnel')(links)) }}
{%- endmacro %}

{% macro duckdb__connected_components(links) -%}
    (
    with recursive

    numbered as materialized (

        select
            lead_id,
            row_number() over (order by lead_id) as node
        from (
            select lead_id from {{ links }}
            union
            select linked_lead_id from {{ links }}
        ) as linked_leads

    ),

    edges as materialized (

        select
            left_ends.node as left_node,
            right_ends.node as right_node
        from {{ links }} as links
        inner join numbered as left_ends on links.lead_id = left_ends.lead_id
        inner join numbered as right_ends on links.linked_lead_id = right_ends.lead_id

    ),

    rounds (node, parent, round_number, is_changed) as (

        select node, node, 0, true
        from numbered
        union all
        select node, parent, round_number, is_changed
        from (
            {{ lead_funnel.next_round_of_parents('rounds', 'edges') }}
        ) as next_round
        where exists (select 1 from rounds where is_changed)

    ),

    settled as (

        select node, parent
        from rounds
        where round_number = (select max(round_number) from rounds)

    )

    select
        members.lead_id,
        least_members.lead_id as component_id
    from settled
    inner join numbered as members on settled.node = members.node
    inner join numbered as least_members on settled.parent = least_members.node
    )
{%- endmacro %}

{# every node with its least known parent, and whether that is another than before #}
{% macro next_round_of_parents(parents, edges) -%}
    select
        node,
        min(proposed_parent) as parent,
        max(round_number) as round_number,
        min(proposed_parent) < max(known_parent) as is_changed
    from (
        select
            own.node,
            next_up.parent as proposed_parent,
            own.parent as known_parent,
            own.round_number + 1 as round_number
        from {{ parents }} as own
        inner join {{ parents }} as next_up on own.parent = next_up.node
        union all
        select
            {{ lead_funnel.each_of(['left_own.node', 'left_own.parent', 'right_own.node', 'right_own.parent']) }} as node,
            least(left_up.parent, right_up.parent) as proposed_parent,
            null as known_parent,
            null as round_number
        from {{ edges }} as edges
        inner join {{ parents }} as left_own on edges.left_node = left_own.node
        inner join {{ parents }} as right_own on edges.right_node = right_own.node
        inner join {{ parents }} as left_up on left_own.parent = left_up.node
        inner join {{ parents }} as right_up on right_own.parent = right_up.node
        where left_up.parent <> right_up.parent
    ) as proposals
    group by node
{%- endmacro %}


{#
    Spark has no recursion to lean on: each round is a table of its own, written before the model is, and the last
    one is what the model reads.
#}
{% macro spark__connected_components(links) -%}
    {%- set scratch = this.schema ~ '.' ~ this.identifier -%}
    {%- if execute and flags.WHICH in ['run', 'build'] -%}
        {%- do run_query('drop table if exists ' ~ scratch ~ '__numbered') -%}
        {%- do run_query('drop table if exists ' ~ scratch ~ '__edges') -%}
        {%- do run_query('drop table if exists ' ~ scratch ~ '__parents_0') -%}
        {%- do run_query('drop table if exists ' ~ scratch ~ '__parents_1') -%}
        {%- do run_query(
            'create table ' ~ scratch ~ '__numbered as select lead_id, row_number() over (order by lead_id) as node'
            ~ ' from (select lead_id from ' ~ links ~ ' union select linked_lead_id from ' ~ links ~ ')'
        ) -%}
        {%- do run_query(
            'create table ' ~ scratch ~ '__edges as select left_ends.node as left_node, right_ends.node as right_node'
            ~ ' from ' ~ links ~ ' as links'
            ~ ' inner join ' ~ scratch ~ '__numbered as left_ends on links.lead_id = left_ends.lead_id'
            ~ ' inner join ' ~ scratch ~ '__numbered as right_ends on links.linked_lead_id = right_ends.lead_id'
        ) -%}
        {%- do run_query(
            'create table ' ~ scratch ~ '__parents_0 as select node, node as parent, 0 as round_number,'
            ~ ' true as is_changed from ' ~ scratch ~ '__numbered'
        ) -%}
        {%- set state = namespace(current=0, is_changed=true) -%}
        {%- for _ in range(64) if state.is_changed -%}
            {%- set known = scratch ~ '__parents_' ~ state.current -%}
            {%- set state.current = 1 - state.current -%}
            {%- set found = scratch ~ '__parents_' ~ state.current -%}
            {%- do run_query('drop table if exists ' ~ found) -%}
            {%- do run_query(
                'create table ' ~ found ~ ' as ' ~ lead_funnel.next_round_of_parents(known, scratch ~ '__edges')
            ) -%}
            {%- set changes = run_query('select count(*) from ' ~ found ~ ' where is_changed') -%}
            {%- set state.is_changed = changes.rows[0][0] > 0 -%}
        {%- endfor -%}
        {%- if state.is_changed -%}
            {{ exceptions.raise_compiler_error('the search for connected leads did not end') }}
        {%- endif -%}
        {%- do run_query('drop table if exists ' ~ scratch ~ '__settled') -%}
        {%- do run_query(
            'create table ' ~ scratch ~ '__settled as select members.lead_id, least_members.lead_id as component_id'
            ~ ' from ' ~ scratch ~ '__parents_' ~ state.current ~ ' as settled'
            ~ ' inner join ' ~ scratch ~ '__numbered as members on settled.node = members.node'
            ~ ' inner join ' ~ scratch ~ '__numbered as least_members on settled.parent = least_members.node'
        ) -%}
    {%- endif -%}
    {{ scratch }}__settled
{%- endmacro %}


{# one row per expression; for a select list #}
{% macro each_of(expressions) -%}
    {{ return(adapter.dispatch('each_of', 'lead_funnel')(expressions)) }}
{%- endmacro %}

{% macro duckdb__each_of(expressions) -%}
    unnest([{{ expressions | join(', ') }}])
{%- endmacro %}

{% macro spark__each_of(expressions) -%}
    explode(array({{ expressions | join(', ') }}))
{%- endmacro %}
