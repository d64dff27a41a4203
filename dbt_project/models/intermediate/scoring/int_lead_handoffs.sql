with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

-- a customer is not handed over for a score, and a withdrawn hand-off is as good as none
leads_handed_over as (

    select
        handoffs.handoff_id,
        handoffs.person_id,
        handoffs.cycle_number,
        handoffs.handed_off_at,
        handoffs.handed_off_date,
        handoffs.fit_grade,
        handoffs.score_at_handoff,
        handoffs.acceptance_deadline,
        handoffs.accepted_at,
        handoffs.outcome,
        handoffs.is_mature,
        lead_cycles.won_date,
        lead_cycles.amount
    from handoffs
    inner join lead_cycles
        on
            handoffs.person_id = lead_cycles.person_id
            and handoffs.cycle_number = lead_cycles.cycle_number
    where
        handoffs.outcome <> 'withdrawn'
        and not lead_cycles.is_customer

)

select * from leads_handed_over
