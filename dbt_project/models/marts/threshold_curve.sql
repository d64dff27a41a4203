{% set lowest, highest = var('threshold_lowest') | int, var('threshold_highest') | int %}
{% set thresholds = range(lowest, highest + 1, var('threshold_step') | int(1)) | list %}
{% set first_day = add_days(as_of_date(), '1 - ' ~ var('threshold_days')) %}
{% set first_day_of_notice = add_days(first_day, '-' ~ var('requalify_cooldown_days')) %}

with

lead_scores as (

    select * from {{ ref('fct_lead_scores') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

qualification_rules as (

    select * from {{ ref('qualification_rules') }}

),

candidate_thresholds as (

    select {{ each_of(thresholds) }} as threshold

),

first_wins as (

    select
        person_id,
        min(won_date) as first_won_date
    from lead_cycles
    where won_date is not null
    group by person_id

),

persons_that_may_qualify as (

    select
        persons.person_id,
        first_wins.first_won_date
    from persons
    inner join qualification_rules
        on persons.fit_grade = qualification_rules.fit_grade
    left join first_wins
        on persons.person_id = first_wins.person_id
    where
        persons.is_contactable
        and not persons.is_excluded

),

-- ranges of scores touch, so a person's first one here either began before the notice or is the very first
score_steps as (

    select
        person_id,
        valid_from as changed_date,
        behavior_score,
        coalesce(lag(behavior_score) over (partition by person_id order by valid_from), 0) as earlier_score
    from lead_scores
    where
        (valid_to is null or valid_to >= {{ first_day_of_notice }})
        and person_id in (select person_id from persons_that_may_qualify)

),

crossings as (

    select
        candidate_thresholds.threshold,
        score_steps.person_id,
        score_steps.changed_date,
        score_steps.behavior_score > score_steps.earlier_score as is_upwards,
        lag(score_steps.changed_date) over (
            partition by score_steps.person_id, candidate_thresholds.threshold order by score_steps.changed_date
        ) as fallen_below_date
    from score_steps
    inner join candidate_thresholds
        on
            candidate_thresholds.threshold > least(score_steps.earlier_score, score_steps.behavior_score)
            and candidate_thresholds.threshold <= greatest(score_steps.earlier_score, score_steps.behavior_score)
    where score_steps.changed_date >= {{ first_day_of_notice }}

),

-- who falls below and is back within the cooldown was handed over before
entries as (

    select
        threshold,
        person_id,
        min(changed_date) as entered_date
    from crossings
    where
        is_upwards
        and changed_date >= {{ first_day }}
        and (
            fallen_below_date is null
            or changed_date > {{ add_days('fallen_below_date', var('requalify_cooldown_days')) }}
        )
    group by threshold, person_id

),

entries_before_a_win as (

    select entries.*
    from entries
    inner join persons_that_may_qualify
        on entries.person_id = persons_that_may_qualify.person_id
    where
        persons_that_may_qualify.first_won_date is null
        or persons_that_may_qualify.first_won_date > entries.entered_date

),

handoffs_ranked as (

    select
        entries_before_a_win.threshold,
        handoffs.is_mature,
        handoffs.outcome,
        row_number() over (
            partition by entries_before_a_win.threshold, entries_before_a_win.person_id
            order by handoffs.handed_off_at
        ) = 1 as is_first
    from entries_before_a_win
    left join handoffs
        on
            entries_before_a_win.person_id = handoffs.person_id
            and entries_before_a_win.entered_date <= handoffs.handed_off_date

),

people_counted as (

    select
        threshold,
        count(*) as people,
        count(outcome) as handed_over,
        count(*) filter (where is_mature and outcome <> 'withdrawn') as mature_handed_over,
        count(*) filter (where is_mature and outcome in ('accepted', 'accepted_late')) as accepted
    from handoffs_ranked
    where is_first
    group by threshold

),

handoffs_near_counted as (

    select
        candidate_thresholds.threshold,
        count(*) as nearby_handoffs,
        count(*) filter (where handoffs.outcome in ('accepted', 'accepted_late')) as nearby_accepted
    from candidate_thresholds
    inner join handoffs
        on
            candidate_thresholds.threshold <= handoffs.score_at_handoff
            and candidate_thresholds.threshold > handoffs.score_at_handoff - {{ var('threshold_band') }}
    where
        handoffs.is_mature
        and handoffs.outcome <> 'withdrawn'
        and handoffs.handed_off_date >= {{ first_day }}
    group by candidate_thresholds.threshold

),

zeros_filled_in as (

    select
        cast(candidate_thresholds.threshold as bigint) as threshold,
        coalesce(people_counted.people, 0) as people,
        coalesce(people_counted.handed_over, 0) as handed_over,
        coalesce(people_counted.mature_handed_over, 0) as mature_handed_over,
        coalesce(people_counted.accepted, 0) as accepted,
        coalesce(handoffs_near_counted.nearby_handoffs, 0) as nearby_handoffs,
        coalesce(handoffs_near_counted.nearby_accepted, 0) as nearby_accepted
    from candidate_thresholds
    left join people_counted
        on candidate_thresholds.threshold = people_counted.threshold
    left join handoffs_near_counted
        on candidate_thresholds.threshold = handoffs_near_counted.threshold

),

rates_added as (

    select
        threshold,
        people,
        people * cast(7 as double) / {{ var('threshold_days') }} as people_per_week,
        handed_over,
        {{ share_of('handed_over', 'people') }} as handed_over_rate,
        mature_handed_over,
        accepted,
        {{ share_of('accepted', 'mature_handed_over') }} as acceptance_rate,
        {{ wilson_bound('accepted', 'mature_handed_over', 'low') }} as acceptance_rate_low,
        {{ wilson_bound('accepted', 'mature_handed_over', 'high') }} as acceptance_rate_high,
        mature_handed_over < {{ var('smallest_group') }} as is_small,
        nearby_handoffs,
        nearby_accepted,
        {{ share_of('nearby_accepted', 'nearby_handoffs') }} as nearby_acceptance_rate,
        {{ wilson_bound('nearby_accepted', 'nearby_handoffs', 'low') }} as nearby_acceptance_rate_low,
        {{ wilson_bound('nearby_accepted', 'nearby_handoffs', 'high') }} as nearby_acceptance_rate_high,
        nearby_handoffs < {{ var('smallest_group') }} as is_nearby_small
    from zeros_filled_in

)

select * from rates_added
