with

leads as (

    select * from {{ ref('dim_leads') }}

),

qualifications as (

    select * from {{ ref('fct_qualifications') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

handoff_answers as (

    select * from {{ ref('int_handoffs') }}

),

lead_reasons as (

    select * from {{ ref('int_lead_reasons') }}

),

-- marketing has the lead: what sales was handed it gave back, unless marketing withdrew it
handoffs_counted as (

    select
        leads.person_id,
        count(*) as earlier_handoffs,
        max(handoffs.handed_off_date) as last_handed_off_date,
        max({{ local_date('handoff_answers.withdrawn_at') }}) filter (
            where handoffs.cycle_number = leads.cycle_number
        ) as withdrawn_date,
        count(*) filter (
            where
            handoffs.handed_off_date >= leads.qualified_from
            and handoffs.outcome <> 'withdrawn'
            and (handoffs.outcome = 'rejected' or handoffs.cycle_number < leads.cycle_number)
        ) as given_back_handoffs
    from leads
    inner join handoffs
        on leads.person_id = handoffs.person_id
    inner join handoff_answers
        on handoffs.handoff_id = handoff_answers.handoff_id
    where leads.owner = 'marketing'
    group by leads.person_id

),

leads_waiting as (

    select
        leads.person_id,
        qualifications.trigger,
        coalesce(handoffs_counted.earlier_handoffs, 0) as earlier_handoffs,
        handoffs_counted.last_handed_off_date,
        lead_reasons.hand_raised_date,
        -- greatest() passes over nulls
        greatest(leads.qualified_from, leads.cycle_started_date, handoffs_counted.withdrawn_date) as waiting_since,
        coalesce(handoffs_counted.given_back_handoffs > 0, false) as was_given_back
    from leads
    inner join qualifications
        on
            leads.person_id = qualifications.person_id
            and qualifications.qualified_to is null
    left join handoffs_counted
        on leads.person_id = handoffs_counted.person_id
    left join lead_reasons
        on leads.person_id = lead_reasons.person_id
    where leads.owner = 'marketing'

),

-- a hand raised after the return is a new lead
returns_classified as (

    select
        person_id,
        trigger,
        earlier_handoffs,
        last_handed_off_date,
        waiting_since,
        {{ dbt.datediff('waiting_since', as_of_date(), 'day') }} as days_waiting,
        was_given_back and coalesce(hand_raised_date <= waiting_since, true) as is_given_back
    from leads_waiting

)

select * from returns_classified
