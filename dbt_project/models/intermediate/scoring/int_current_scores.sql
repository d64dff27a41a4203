{% set week_ago = add_days(as_of_date(), -7) %}

with

lead_scores as (

    select * from {{ ref('fct_lead_scores') }}

),

-- a day lies in one range at most
scores_found as (

    select
        person_id,
        max(behavior_score) filter (where valid_to is null) as behavior_score,
        max(behavior_score) filter (where valid_from <= {{ week_ago }}) as score_7_days_ago
    from lead_scores
    where valid_to is null or valid_to > {{ week_ago }}
    group by person_id

)

select * from scores_found
