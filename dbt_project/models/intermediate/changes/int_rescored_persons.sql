with

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

changed_persons as (

    select * from {{ ref('int_changed_persons') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

),

kinds_of_days as (

    select
        touchpoint_type,
        occurred_date
    from touchpoints
    where {{ incremental_only() }}
    group by touchpoint_type, occurred_date

),

-- active on the last day reported, and no longer on D: the score falls without an event
ended_kinds as (

    select distinct
        kinds_of_days.touchpoint_type,
        kinds_of_days.occurred_date
    from kinds_of_days
    inner join scoring_rules
        on kinds_of_days.touchpoint_type = scoring_rules.touchpoint_type
    where {{ is_day_since_last_build(add_days('kinds_of_days.occurred_date', 'scoring_rules.window_days')) }}

),

ended_touchpoints as (

    select touchpoints.person_id
    from touchpoints
    inner join ended_kinds
        on
            touchpoints.occurred_date = ended_kinds.occurred_date
            and touchpoints.touchpoint_type = ended_kinds.touchpoint_type

),

persons_found as (

    select person_id from affected_persons
    union
    select person_id from changed_persons
    union
    select person_id from ended_touchpoints

)

select * from persons_found
