with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

touches_counted as (

    select
        person_id,
        count(*) as touchpoints,
        max(occurred_at) as last_touch_at,
        max(occurred_date) as last_touch_date,
        max(occurred_date) filter (where topic is not null) as last_content_date
    from touchpoints
    where {{ is_affected('person_id', 'affected_persons') }}
    group by person_id

)

select * from touches_counted
