with

cases as (

    select * from {{ ref('int_prediction_cases') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

touches_known as (

    select
        cases.case_id,
        touchpoints.feed,
        touchpoints.touchpoint_type,
        touchpoints.topic,
        {{ dbt.datediff('touchpoints.occurred_date', 'cases.case_date', 'day') }} as days_before,
        touchpoints.occurred_date > {{ add_days('cases.case_date', '-' ~ var('prediction_touch_days')) }} as is_recent
    from cases
    inner join touchpoints
        on cases.person_id = touchpoints.person_id
    where
        {{ is_known_to_case() }}

),

topics_ranked as (

    select
        case_id,
        topic,
        row_number() over (
            partition by case_id order by count(*) desc, min(days_before) asc, topic asc
        ) = 1 as is_first
    from touches_known
    where topic is not null and is_recent
    group by case_id, topic

),

touches_counted as (

    select
        case_id,
        min(days_before) as days_since_touch,
        count(*) filter (where days_before < {{ var('interest_days') }}) as touches,
        count(*) filter (where is_recent and touchpoint_type in {{ listed_texts(var('mail_conversion_types')) }}) as conversions,
        count(*) filter (where is_recent and feed = 'mail') as mail_reactions,
        count(*) filter (where is_recent and feed = 'offline') as offline_touches
    from touches_known
    group by case_id

),

touches_described as (

    select
        touches_counted.*,
        topics_ranked.topic as top_topic
    from touches_counted
    left join topics_ranked
        on
            touches_counted.case_id = topics_ranked.case_id
            and topics_ranked.is_first

)

select * from touches_described
