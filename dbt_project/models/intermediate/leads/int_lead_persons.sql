{{ config(pre_hook="{{ keep_last_build() }}") }}

with

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

lead_aliases as (

    select * from {{ ref('int_lead_aliases') }}

),

components as (

    select * from {{ connected_components(ref('int_lead_links')) }}

),

records_ranked as (

    select
        lead_records.lead_id,
        coalesce(components.component_id, lead_records.lead_id) as component_id,
        row_number() over (
            partition by coalesce(components.component_id, lead_records.lead_id)
            order by lead_records.created_at, lead_records.lead_id
        ) as record_rank
    from lead_records
    left join components
        on lead_records.lead_id = components.lead_id

),

first_records as (

    select
        component_id,
        lead_id as person_id
    from records_ranked
    where record_rank = 1

),

persons_named as (

    select
        records_ranked.lead_id,
        first_records.person_id,
        false as is_alias
    from records_ranked
    inner join first_records
        on records_ranked.component_id = first_records.component_id

),

aliases_added as (

    select * from persons_named
    union all
    select
        lead_aliases.lead_id,
        persons_named.person_id,
        true as is_alias
    from lead_aliases
    inner join persons_named
        on lead_aliases.surviving_lead_id = persons_named.lead_id

)

select * from aliases_added
