with

links as (

    select * from {{ ref('int_alias_links') }}

),

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

components as (

    select * from {{ connected_components(ref('int_alias_links')) }}

),

-- each alias leads on to one lead, so a chain of them has one end at most, and a circle has none
ends_found as (

    select
        components.component_id,
        lead_records.lead_id as surviving_lead_id
    from components
    inner join lead_records
        on components.lead_id = lead_records.lead_id

),

aliases_followed as (

    select
        links.lead_id,
        ends_found.surviving_lead_id
    from links
    inner join components
        on links.lead_id = components.lead_id
    inner join ends_found
        on components.component_id = ends_found.component_id

)

select * from aliases_followed
