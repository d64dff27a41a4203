with

qualifications as (

    select * from {{ ref('fct_qualifications') }}

),

score_contributions as (

    select * from {{ ref('fct_score_contributions') }}

),

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

),

-- more active touches than the day before: one came in
hand_raises_dated as (

    select
        score_contributions.person_id,
        score_contributions.rule_id,
        score_contributions.valid_from,
        score_contributions.active_count > coalesce(lag(score_contributions.active_count) over (
            partition by score_contributions.person_id, score_contributions.rule_id
            order by score_contributions.valid_from
        ), 0) as is_rise
    from score_contributions
    inner join scoring_rules
        on score_contributions.rule_id = scoring_rules.rule_id
    where scoring_rules.hand_raise

),

last_hand_raises as (

    select
        person_id,
        rule_id,
        max(valid_from) as hand_raised_date
    from hand_raises_dated
    where is_rise
    group by person_id, rule_id

),

contributions_on_as_of_date as (

    select
        score_contributions.person_id,
        score_contributions.rule_id,
        score_contributions.active_count,
        score_contributions.points,
        scoring_rules.hand_raise and score_contributions.active_count >= scoring_rules.every as is_hand_raise
    from score_contributions
    inner join qualifications
        on score_contributions.person_id = qualifications.person_id
    inner join scoring_rules
        on score_contributions.rule_id = scoring_rules.rule_id
    where
        score_contributions.valid_to is null
        and qualifications.qualified_to is null

),

-- a raised hand is a reason even if its rule gives no points
reasons_ranked as (

    select
        contributions_on_as_of_date.*,
        case when contributions_on_as_of_date.is_hand_raise then last_hand_raises.hand_raised_date end as hand_raised_date,
        row_number() over (
            partition by contributions_on_as_of_date.person_id
            order by
                contributions_on_as_of_date.is_hand_raise desc,
                contributions_on_as_of_date.points desc,
                contributions_on_as_of_date.active_count desc,
                contributions_on_as_of_date.rule_id asc
        ) as reason_rank
    from contributions_on_as_of_date
    left join last_hand_raises
        on
            contributions_on_as_of_date.person_id = last_hand_raises.person_id
            and contributions_on_as_of_date.rule_id = last_hand_raises.rule_id
    where
        contributions_on_as_of_date.points > 0
        or contributions_on_as_of_date.is_hand_raise

)

select * from reasons_ranked
