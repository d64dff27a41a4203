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

    select {{ each_of(candidate_thresholds().split(',')) }} as threshold

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

first_handoffs as (

    select
        person_id,
        cycle_number,
        min(handed_off_date) filter (where outcome <> 'withdrawn') as first_handed_off_date
    from handoffs
    group by person_id, cycle_number

),

-- a hand-off that was withdrawn is as good as none; least() passes over nulls
spans_with_sales as (

    select
        lead_cycles.person_id,
        case
            when first_handoffs.person_id is null then lead_cycles.handed_off_date
            else least(first_handoffs.first_handed_off_date, lead_cycles.sal_date)
        end as handed_over_date,
        coalesce(lead_cycles.closed_date, {{ as_of_date() }}) as last_date
    from lead_cycles
    left join first_handoffs
        on
            lead_cycles.person_id = first_handoffs.person_id
            and lead_cycles.cycle_number = first_handoffs.cycle_number

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

-- who falls below and is back within the cooldown was handed over before, and whom sales has is not handed over
entries as (

    select
        crossings.threshold,
        crossings.person_id,
        min(crossings.changed_date) as entered_date
    from crossings
    left join spans_with_sales
        on
            crossings.person_id = spans_with_sales.person_id
            and crossings.changed_date > spans_with_sales.handed_over_date
            and crossings.changed_date <= spans_with_sales.last_date
    where
        crossings.is_upwards
        and crossings.changed_date >= {{ first_day }}
        and (
            crossings.fallen_below_date is null
            or crossings.changed_date > {{ add_days('crossings.fallen_below_date', var('requalify_cooldown_days')) }}
        )
        and spans_with_sales.person_id is null
    group by crossings.threshold, crossings.person_id

),

entries_before_a_win as (

    select entries.*
    from entries
    inner join persons_that_may_qualify
        on entries.person_id = persons_that_may_qualify.person_id
    where
        persons_that_may_qualify.first_won_date is null
        or persons_that_may_qualify.first_won_date > entries.entered_date

)

select * from entries_before_a_win
