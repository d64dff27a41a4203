{#
    Table expression that names, for every lead in `links` (lead_id, linked_lead_id), the least lead_id that can be
    reached through links of any number and direction: (lead_id, component_id).
    `links` is a CTE of the calling model.
#}
{% macro connected_components(links) -%}
    {{ return(adapter.dispatch('connected_components', 'lead_funnel')(links)) }}
{%- endmacro %}

{# only rows whose label changed go into the next round; the search ends when none does #}
{% macro duckdb__connected_components(links) -%}
    (
    with recursive

    link_ends as (

        select lead_id, linked_lead_id from {{ links }}
        union
        select linked_lead_id, lead_id from {{ links }}

    ),

    labels (lead_id, component_id) using key (lead_id) as (

        select
            lead_id,
            least(lead_id, min(linked_lead_id))
        from link_ends
        group by lead_id
        union
        select
            link_ends.lead_id,
            min(labels.component_id)
        from labels
        inner join link_ends on labels.lead_id = link_ends.linked_lead_id
        inner join recurring.labels as known on link_ends.lead_id = known.lead_id
        where labels.component_id < known.component_id
        group by link_ends.lead_id

    )

    select
        lead_id,
        component_id
    from labels
    )
{%- endmacro %}
