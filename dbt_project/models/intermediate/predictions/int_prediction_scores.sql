with

cases as (

    select * from {{ ref('int_prediction_cases') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

),

touches_known as (

    select
        cases.case_id,
        touchpoints.touchpoint_type,
        touchpoints.content_type,
        touchpoints.occurred_date,
        {{ dbt.datediff('touchpoints.occurred_date', 'cases.case_date', 'day') }} as days_before
    from cases
    inner join touchpoints
        on cases.person_id = touchpoints.person_id
    where
        {{ is_known_to_case() }}

),

rules_counted as (

    select
        touches_known.case_id,
        scoring_rules.rule_id,
        count(*) as active_count,
        min(touches_known.days_before) as days_before
    from touches_known
    inner join scoring_rules
        on
            touches_known.touchpoint_type = scoring_rules.touchpoint_type
            and (scoring_rules.content_type is null or touches_known.content_type = scoring_rules.content_type)
            and (scoring_rules.valid_from is null or touches_known.occurred_date >= scoring_rules.valid_from)
            and (scoring_rules.valid_to is null or touches_known.occurred_date < scoring_rules.valid_to)
            and touches_known.days_before < scoring_rules.window_days
    group by touches_known.case_id, scoring_rules.rule_id

),

points_earned as (

    select
        rules_counted.case_id,
        scoring_rules.points,
        scoring_rules.max_points,
        abs(scoring_rules.points) * cast(floor(rules_counted.active_count / scoring_rules.every) as bigint)
            as uncapped_points,
        case when scoring_rules.hand_raise then rules_counted.days_before end as days_since_hand_raise
    from rules_counted
    inner join scoring_rules
        on rules_counted.rule_id = scoring_rules.rule_id

),

scores_summed as (

    select
        case_id,
        cast(sum(sign(points) * least(uncapped_points, coalesce(max_points, uncapped_points))) as bigint) as score,
        min(days_since_hand_raise) as days_since_hand_raise
    from points_earned
    group by case_id

)

select * from scores_summed
