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
        touchpoints.*,
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

rules_counted as (

    select
        touches_known.case_id,
        scoring_rules.points,
        scoring_rules.max_points,
        abs(scoring_rules.points) * cast(floor(count(*) / scoring_rules.every) as bigint) as uncapped_points,
        case when scoring_rules.hand_raise then min(touches_known.occurred_date) end as first_hand_raise_date,
        case when scoring_rules.hand_raise then min(touches_known.days_before) end as days_since_hand_raise
    from touches_known
    inner join scoring_rules
        on
            touches_known.touchpoint_type = scoring_rules.touchpoint_type
            and (scoring_rules.content_type is null or touches_known.content_type = scoring_rules.content_type)
            and (scoring_rules.valid_from is null or touches_known.occurred_date >= scoring_rules.valid_from)
            and (scoring_rules.valid_to is null or touches_known.occurred_date < scoring_rules.valid_to)
            and touches_known.days_before < scoring_rules.window_days
    group by
        touches_known.case_id, scoring_rules.rule_id, scoring_rules.points, scoring_rules.every,
        scoring_rules.max_points, scoring_rules.hand_raise

),

scores_summed as (

    select
        case_id,
        cast(sum(sign(points) * least(uncapped_points, coalesce(max_points, uncapped_points))) as bigint) as score,
        min(first_hand_raise_date) as first_hand_raise_date,
        min(days_since_hand_raise) as days_since_hand_raise
    from rules_counted
    group by case_id

),

touches_counted as (

    select
        case_id,
        min(days_before) as days_since_touch,
        count(*) filter (where days_before < {{ var('interest_days') }}) as touches,
        count(*) filter (where is_recent and feed = 'mail') as mail_reactions,
        count(*) filter (where is_recent and feed = 'offline') as offline_touches
    from touches_known
    group by case_id

)

select
    touches_counted.*,
    topics_ranked.topic as top_topic,
    coalesce(scores_summed.score, 0) as score,
    scores_summed.first_hand_raise_date,
    scores_summed.days_since_hand_raise
from touches_counted
left join topics_ranked
    on
        touches_counted.case_id = topics_ranked.case_id
        and topics_ranked.is_first
left join scores_summed
    on touches_counted.case_id = scores_summed.case_id
