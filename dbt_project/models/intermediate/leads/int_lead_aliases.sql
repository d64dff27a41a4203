with

lead_versions as (

    select * from {{ ref('int_lead_versions') }}

),

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

components as (

    select * from {{ connected_components(ref('int_alias_links')) }}

),

aliases as (

    select
        lead_versions.lead_id,
        lead_versions.merged_into_lead_id,
        coalesce(components.component_id, lead_versions.lead_id) as component_id
    from lead_versions
    left join components
        on lead_versions.lead_id = components.lead_id
    where
        lead_versions.is_current
        and lead_versions.is_deleted
        and lead_versions.merged_into_lead_id is not null

),

-- each alias leads on to one lead, so a chain of them has one end at most, and a circle has none
ends_found as (

    select
        aliases.component_id,
        lead_records.lead_id as surviving_lead_id
    from aliases
    inner join lead_records
        on aliases.merged_into_lead_id = lead_records.lead_id

),

aliases_followed as (

    select
        aliases.lead_id,
        ends_found.surviving_lead_id
    from aliases
    inner join ends_found
        on aliases.component_id = ends_found.component_id

)

select * from aliases_followed
