with

lead_versions as (

    select * from {{ ref('int_lead_versions') }}

),

aliases as (

    select
        lead_id,
        merged_into_lead_id
    from lead_versions
    where is_current and is_deleted and merged_into_lead_id is not null

),

aliases_linked as (

    select
        aliases.lead_id,
        aliases.merged_into_lead_id as linked_lead_id
    from aliases
    inner join aliases as next_aliases
        on aliases.merged_into_lead_id = next_aliases.lead_id
    where aliases.merged_into_lead_id <> aliases.lead_id

)

select * from aliases_linked
