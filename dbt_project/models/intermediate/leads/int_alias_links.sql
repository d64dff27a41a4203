with

lead_versions as (

    select * from {{ ref('int_lead_versions') }}

),

aliases as (

    select
        lead_id,
        merged_into_lead_id as linked_lead_id
    from lead_versions
    where is_current and is_deleted and merged_into_lead_id is not null

)

select * from aliases
