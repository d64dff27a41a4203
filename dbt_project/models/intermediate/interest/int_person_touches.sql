{{ config(materialized='incremental', unique_key='person_id', affected_by='int_affected_persons') }}

{% set stages = buying_stages().split() %}

with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

last_touches as (

    select * from {{ ref('int_last_touches') }}

),

-- what follows needs few of a long history's rows: the last instant, and the days before the last content
late_touches as (

    select
        touchpoints.person_id,
        touchpoints.occurred_at,
        touchpoints.topic,
        touchpoints.occurred_at = last_touches.last_touch_at as is_last,
        touchpoints.touchpoint_type,
        touchpoints.topic is not null
        and touchpoints.occurred_date > {{ add_days('last_touches.last_content_date', '-' ~ var('interest_days')) }}
            as is_late_content,
        {{ place_among('touchpoints.buying_stage', stages) }} as stage_place
    from touchpoints
    inner join last_touches
        on touchpoints.person_id = last_touches.person_id
    where
        touchpoints.occurred_at = last_touches.last_touch_at
        or touchpoints.occurred_date
        > {{ add_days('last_touches.last_content_date', '-' ~ var('interest_days')) }}

),

-- several touches at the last instant: the greatest type stands for them
types_and_stages_found as (

    select
        person_id,
        max(touchpoint_type) filter (where is_last) as last_touch_type,
        max(stage_place) filter (where is_late_content) as furthest_place,
        max(stage_place) filter (where is_late_content and stage_place < {{ stages | length }}) as furthest_place_to_buy
    from late_touches
    group by person_id

),

topics_counted as (

    select
        person_id,
        topic,
        count(*) as touches,
        max(occurred_at) as last_touched_at,
        max(stage_place) > 1 as is_beyond_awareness
    from late_touches
    where is_late_content
    group by person_id, topic

),

topics_ranked as (

    select
        person_id,
        topic,
        row_number() over (
            partition by person_id
            order by is_beyond_awareness desc, touches desc, last_touched_at desc, topic asc
        ) = 1 as is_first
    from topics_counted

),

persons_described as (

    select
        last_touches.person_id,
        last_touches.touchpoints,
        last_touches.last_touch_at,
        last_touches.last_touch_date,
        types_and_stages_found.last_touch_type,
        last_touches.last_content_date,
        {{ at_place('types_and_stages_found.furthest_place', stages) }} as furthest_stage,
        {{ at_place('types_and_stages_found.furthest_place_to_buy', stages) }} as furthest_stage_to_buy,
        topics_ranked.topic as top_topic
    from last_touches
    inner join types_and_stages_found
        on last_touches.person_id = types_and_stages_found.person_id
    left join topics_ranked
        on
            last_touches.person_id = topics_ranked.person_id
            and topics_ranked.is_first

)

select * from persons_described
