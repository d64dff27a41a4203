{{ config(materialized='incremental', unique_key='person_id', affected_by='int_rescored_persons') }}

with

score_contributions as (

    select * from {{ ref('fct_score_contributions') }}

),

rescored_persons as (

    select * from {{ ref('int_rescored_persons') }}

),

point_changes as (

    select
        person_id,
        valid_from as changed_date,
        points - coalesce(
            lag(points) over (partition by person_id, rule_id order by valid_from), 0
        ) as points_change
    from score_contributions
    where {{ is_affected('person_id', 'rescored_persons') }}

),

changes_summed_to_day as (

    select
        person_id,
        changed_date,
        cast(sum(points_change) as bigint) as points_change,
        row_number() over (partition by person_id order by changed_date) = 1 as is_first
    from point_changes
    group by person_id, changed_date

),

-- the first active day opens a range even at 0 points; after it only a new score does
range_starts as (

    select * from changes_summed_to_day
    where is_first or points_change <> 0

),

scores_summed as (

    select
        person_id,
        changed_date as valid_from,
        lead(changed_date) over (partition by person_id order by changed_date) as valid_to,
        cast(
            sum(points_change) over (
                partition by person_id
                order by changed_date
                rows between unbounded preceding and current row
            ) as bigint
        ) as behavior_score
    from range_starts

)

select * from scores_summed
