with

score_contributions as (

    select * from {{ ref('fct_score_contributions') }}

),

lead_scores as (

    select * from {{ ref('fct_lead_scores') }}

),

rescored_persons as (

    select * from {{ ref('int_rescored_persons') }}

),

days_judged as (

    {% for days_before in [0, 1, 6, 29, 89, 364] -%}
        select {{ add_days(as_of_date(), -days_before) }} as date_day
        {{ "union all" if not loop.last }}
    {% endfor %}

),

contributions_summed as (

    select
        score_contributions.person_id,
        days_judged.date_day,
        sum(score_contributions.points) as points
    from score_contributions
    inner join days_judged
        on
            score_contributions.valid_from <= days_judged.date_day
            and (score_contributions.valid_to is null or score_contributions.valid_to > days_judged.date_day)
    where {{ is_affected('score_contributions.person_id', 'rescored_persons') }}
    group by score_contributions.person_id, days_judged.date_day

),

scores_found as (

    select
        lead_scores.person_id,
        days_judged.date_day,
        lead_scores.behavior_score
    from lead_scores
    inner join days_judged
        on
            lead_scores.valid_from <= days_judged.date_day
            and (lead_scores.valid_to is null or lead_scores.valid_to > days_judged.date_day)
    where {{ is_affected('lead_scores.person_id', 'rescored_persons') }}

),

compared as (

    select
        coalesce(contributions_summed.person_id, scores_found.person_id) as person_id,
        coalesce(contributions_summed.date_day, scores_found.date_day) as date_day,
        contributions_summed.points,
        scores_found.behavior_score
    from contributions_summed
    full outer join scores_found
        on
            contributions_summed.person_id = scores_found.person_id
            and contributions_summed.date_day = scores_found.date_day

)

select * from compared
where points is distinct from behavior_score
