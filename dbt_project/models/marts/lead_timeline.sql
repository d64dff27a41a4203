{{ config(materialized='incremental', unique_key='person_id', affected_by='int_affected_persons') }}

with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

non_touchpoint_events as (

    select * from {{ ref('int_non_touchpoint_events') }}

),

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

all_entries as (

    select
        touchpoint_id as timeline_id,
        person_id,
        occurred_at,
        occurred_date,
        feed,
        touchpoint_type as entry_type,
        channel,
        coalesce(page_path, campaign) as detail,
        topic,
        cast(null as {{ dbt.type_string() }}) as sales_team,
        true as is_touchpoint,
        false as is_automatic,
        is_stitched
    from touchpoints
    where {{ is_affected('person_id', 'affected_persons') }}
    union all
    select
        timeline_id,
        person_id,
        occurred_at,
        occurred_date,
        feed,
        {{ without_addresses('entry_type') }} as entry_type,
        cast(null as {{ dbt.type_string() }}) as channel,
        {{ without_addresses('detail') }} as detail,
        cast(null as {{ dbt.type_string() }}) as topic,
        sales_team,
        false as is_touchpoint,
        is_automatic,
        is_stitched
    from non_touchpoint_events

),

entries_ordered as (

    select
        person_id,
        row_number() over (partition by person_id order by occurred_at, timeline_id) as sequence_number,
        timeline_id,
        occurred_at,
        occurred_date,
        feed,
        entry_type,
        channel,
        detail,
        topic,
        sales_team,
        is_touchpoint,
        is_automatic,
        is_stitched
    from all_entries

)

select * from entries_ordered
