{{ config(materialized='incremental', unique_key='person_id', affected_by='int_affected_persons') }}

{% set stages = buying_stages().split() %}

with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

-- read once more: DuckDB would keep a copy of all touchpoints for a second use of the same name
touchpoints_again as (

    select * from {{ ref('fct_touchpoints') }}

),

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

last_touches as (

    select
        person_id,
        count(*) as touchpoints,
        max(occurred_at) as last_touch_at,
        max(occurred_date) as last_touch_date,
        max(occurred_date) filter (where topic is not null) as last_content_date
    from touchpoints
    where {{ is_affected('person_id', 'affected_persons') }}
    group by person_id

),

-- what follows needs few of a long history's rows: the last instant, and the days before the last content
late_touches as (

    select
        touchpoints_again.person_id,
        touchpoints_again.occurred_at,
        touchpoints_again.topic,
        touchpoints_again.occurred_at = last_touches.last_touch_at as is_last,
        touchpoints_again.touchpoint_type,
        touchpoints_again.topic is not null
        and touchpoints_again.occurred_date > {{ add_days('last_touches.last_content_date', '-' ~ var('interest_days')) }}
            as is_late_content,
        {{ place_among('touchpoints_again.buying_stage', stages) }} as stage_place
    from touchpoints_again
    inner join last_touches
        on touchpoints_again.person_id = last_touches.person_id
    where
        touchpoints_again.occurred_at = last_touches.last_touch_at
        or touchpoints_again.occurred_date
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
