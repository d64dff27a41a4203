{{ config(materialized='incremental', unique_key='person_id', affected_by='int_affected_persons') }}

with

mail_recipients as (

    select * from {{ ref('int_mail_recipients') }}

),

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

moments_listed as (

    select
        person_id,
        mail_id,
        clicked_at as occurred_at,
        cast(null as {{ dbt.type_timestamp() }}) as converted_at,
        false as is_conversion
    from mail_recipients
    where
        person_id is not null
        and clicked_at is not null
        and {{ is_affected('person_id', 'affected_persons') }}
    union all
    select
        person_id,
        cast(null as {{ dbt.type_string() }}) as mail_id,
        occurred_at,
        occurred_at as converted_at,
        true as is_conversion
    from touchpoints
    where
        touchpoint_type in {{ listed_texts(var('mail_conversion_types')) }}
        and {{ is_affected('person_id', 'affected_persons') }}

),

-- from the latest back: at equal instants the click comes first and does not see the conversion
next_conversions_found as (

    select
        person_id,
        mail_id,
        occurred_at as clicked_at,
        is_conversion,
        min(converted_at) over (
            partition by person_id
            order by occurred_at desc, is_conversion asc
            rows between unbounded preceding and current row
        ) as next_converted_at
    from moments_listed

),

clicks_converted as (

    select
        mail_id,
        person_id,
        clicked_at,
        next_converted_at as converted_at
    from next_conversions_found
    where
        not is_conversion
        and {{ microseconds_between('clicked_at', 'next_converted_at') }}
        <= {{ var('mail_conversion_hours') }} * cast(3600000000 as bigint)

)

select * from clicks_converted
