{{ config(materialized='incremental', unique_key='person_id', affected_by='int_affected_persons') }}

with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

web_events as (

    select * from {{ ref('int_web_events') }}

),

mail_events as (

    select * from {{ ref('int_mail_events') }}

),

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

entries_of_touchpoints as (

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

),

-- what was done to the lead, what machines did in its name, and what sales did
other_entries as (

    select
        'web:' || event_id as timeline_id,
        person_id,
        occurred_at,
        occurred_date,
        'web' as feed,
        touchpoint_type as entry_type,
        coalesce(page_path, campaign) as detail,
        true as is_automatic,
        is_stitched,
        cast(null as {{ dbt.type_string() }}) as sales_team
    from web_events
    where
        person_id is not null
        and is_bot
        and {{ is_affected('person_id', 'affected_persons') }}
    union all
    select
        'mail:' || event_id as timeline_id,
        person_id,
        occurred_at,
        occurred_date,
        'mail' as feed,
        'mail_' || event_type as entry_type,
        mail_id as detail,
        is_machine as is_automatic,
        false as is_stitched,
        cast(null as {{ dbt.type_string() }}) as sales_team
    from mail_events
    where
        person_id is not null
        and (event_type not in ('open', 'click', 'reply', 'unsubscribe') or is_machine)
        and {{ is_affected('person_id', 'affected_persons') }}
    union all
    select
        'sales:' || disposition_id as timeline_id,
        person_id,
        occurred_at,
        occurred_date,
        'sales' as feed,
        disposition as entry_type,
        reason as detail,
        false as is_automatic,
        false as is_stitched,
        sales_team
    from dispositions
    where
        person_id is not null
        and {{ is_affected('person_id', 'affected_persons') }}

),

addresses_hidden as (

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
        {{ without_addresses('sales_team') }} as sales_team,
        false as is_touchpoint,
        is_automatic,
        is_stitched
    from other_entries

),

all_entries as (

    select * from entries_of_touchpoints
    union all
    select * from addresses_hidden

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
