with

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

lead_scores as (

    select * from {{ ref('fct_lead_scores') }}

),

scores_found as (

    select
        handoffs.handoff_id,
        coalesce(lead_scores.behavior_score, 0) as score_at_handoff
    from handoffs
    left join lead_scores
        on
            handoffs.person_id = lead_scores.person_id
            and handoffs.handed_off_date >= lead_scores.valid_from
            and handoffs.handed_off_date < coalesce(lead_scores.valid_to, {{ add_days(as_of_date(), 1) }})

)

select * from scores_found
