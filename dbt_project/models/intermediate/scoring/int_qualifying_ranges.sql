with

qualifiable_persons as (

    select * from {{ ref('int_qualifiable_persons') }}

),

lead_scores as (

    select * from {{ ref('fct_lead_scores') }}

),

score_contributions as (

    select * from {{ ref('fct_score_contributions') }}

),

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

),

first_scores as (

    select
        person_id,
        min(valid_from) as first_scored_date
    from lead_scores
    group by person_id

),

-- before its first range a person scores 0, which is enough for a threshold of 0 or less
unscored_ranges as (

    select
        qualifiable_persons.person_id,
        qualifiable_persons.qualifiable_from as valid_from,
        first_scores.first_scored_date as valid_to,
        false as is_hand_raise
    from qualifiable_persons
    left join first_scores
        on qualifiable_persons.person_id = first_scores.person_id
    where qualifiable_persons.min_score <= 0

),

scored_ranges as (

    select
        lead_scores.person_id,
        lead_scores.valid_from,
        lead_scores.valid_to,
        false as is_hand_raise
    from lead_scores
    inner join qualifiable_persons
        on lead_scores.person_id = qualifiable_persons.person_id
    where lead_scores.behavior_score >= qualifiable_persons.min_score

),

hand_raise_ranges as (

    select
        score_contributions.person_id,
        score_contributions.valid_from,
        score_contributions.valid_to,
        true as is_hand_raise
    from score_contributions
    inner join scoring_rules
        on score_contributions.rule_id = scoring_rules.rule_id
    where
        scoring_rules.hand_raise
        and score_contributions.active_count >= scoring_rules.every

),

ranges_listed as (

    select * from unscored_ranges
    union all
    select * from scored_ranges
    union all
    select * from hand_raise_ranges

),

ranges_clipped as (

    select
        ranges_listed.person_id,
        greatest(ranges_listed.valid_from, qualifiable_persons.qualifiable_from) as valid_from,
        least(
            coalesce(ranges_listed.valid_to, qualifiable_persons.qualifiable_to),
            qualifiable_persons.qualifiable_to
        ) as valid_to,
        ranges_listed.is_hand_raise
    from ranges_listed
    inner join qualifiable_persons
        on ranges_listed.person_id = qualifiable_persons.person_id

),

qualifying as (

    select * from ranges_clipped
    where valid_from < valid_to

)

select * from qualifying
