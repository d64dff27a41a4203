{{ config(materialized='incremental', unique_key='person_id', affected_by='int_rescored_persons') }}

with

score_changes as (

    select * from {{ ref('int_score_changes') }}

),

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

),

ranges_counted as (

    select
        person_id,
        rule_id,
        changed_date as valid_from,
        lead(changed_date) over (partition by person_id, rule_id order by changed_date) as valid_to,
        cast(
            sum(active_change) over (
                partition by person_id, rule_id
                order by changed_date
                rows between unbounded preceding and current row
            ) as bigint
        ) as active_count
    from score_changes

),

times_earned as (

    select
        ranges_counted.person_id,
        ranges_counted.rule_id,
        ranges_counted.valid_from,
        ranges_counted.valid_to,
        ranges_counted.active_count,
        scoring_rules.points as rule_points,
        scoring_rules.max_points,
        abs(scoring_rules.points) * cast(floor(ranges_counted.active_count / scoring_rules.every) as bigint)
            as uncapped_points
    from ranges_counted
    inner join scoring_rules
        on ranges_counted.rule_id = scoring_rules.rule_id

),

points_capped as (

    select
        person_id,
        rule_id,
        valid_from,
        valid_to,
        active_count,
        cast(
            sign(rule_points) * least(uncapped_points, coalesce(max_points, uncapped_points)) as bigint
        ) as points
    from times_earned

)

select * from points_capped
