{# a view: mails sent are the most rows of all, and lead_timeline holds them #}
{{ config(materialized='view') }}

with

web_events as (

    select * from {{ ref('int_web_events') }}

),

mail_events as (

    select * from {{ ref('int_mail_events') }}

),

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

all_events as (

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

)

select * from all_events
