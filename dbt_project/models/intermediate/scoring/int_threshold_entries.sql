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

sales_spans as (

    select * from {{ ref('int_sales_spans') }}

),

qualification_rules as (

    select * from {{ ref('qualification_rules') }}

),

candidate_thresholds as (

    select {{ each_of(candidate_thresholds().split(',')) }} as threshold

),

persons_that_may_qualify as (

    select persons.person_id
    from persons
    inner join qualification_rules
        on persons.fit_grade = qualification_rules.fit_grade
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

-- who is back within the cooldown was handed over before, and neither a customer nor whom sales has is handed over
entries as (

    select
        crossings.threshold,
        crossings.person_id,
        min(crossings.changed_date) as entered_date
    from crossings
    left join lead_cycles as won_cycles
        on
            crossings.person_id = won_cycles.person_id
            and crossings.changed_date >= won_cycles.won_date
    left join sales_spans
        on
            crossings.person_id = sales_spans.person_id
            and crossings.changed_date > sales_spans.handed_over_date
            and crossings.changed_date <= sales_spans.last_date
    where
        crossings.is_upwards
        and crossings.changed_date >= {{ first_day }}
        and (
            crossings.fallen_below_date is null
            or crossings.changed_date > {{ add_days('crossings.fallen_below_date', var('requalify_cooldown_days')) }}
        )
        and won_cycles.person_id is null
        and sales_spans.person_id is null
    group by crossings.threshold, crossings.person_id

)

select * from entries
