{{ config(pre_hook="{{ keep_last_build() }}") }}

with

lead_records as (

    select * from {{ ref('int_lead_records') }}

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
        first_records.person_id
    from records_ranked
    inner join first_records
        on records_ranked.component_id = first_records.component_id

)

select * from persons_named
