{% set stages_taken_up = "('sal', 'appointment', 'opportunity', 'won')" %}

with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

cycles_ranked as (

    select
        *,
        row_number() over (partition by person_id order by cycle_number desc) = 1 as is_current
    from lead_cycles

),

handoffs_ranked as (

    select
        *,
        row_number() over (partition by person_id order by handed_off_at desc) = 1 as is_last
    from handoffs

),

last_handoffs as (

    select * from handoffs_ranked
    where is_last

),

last_handoffs_joined as (

    select
        cycles_ranked.person_id,
        cycles_ranked.cycle_number,
        cycles_ranked.started_date as cycle_started_date,
        cycles_ranked.furthest_stage as stage,
        cycles_ranked.is_customer or cycles_ranked.furthest_stage = 'won' as is_customer,
        last_handoffs.handoff_id as last_handoff_id,
        last_handoffs.outcome as last_outcome,
        last_handoffs.cycle_number = cycles_ranked.cycle_number as is_of_this_cycle
    from cycles_ranked
    left join last_handoffs
        on cycles_ranked.person_id = last_handoffs.person_id
    where cycles_ranked.is_current

),

handoffs_of_cycle as (

    select
        *,
        case when is_of_this_cycle then last_handoff_id end as handoff_id,
        case when is_of_this_cycle then last_outcome end as handoff_outcome
    from last_handoffs_joined

),

owners_assigned as (

    select
        person_id,
        cycle_number,
        cycle_started_date,
        stage,
        is_customer,
        case
            when stage in {{ stages_taken_up }} then 'sales'
            when stage = 'handed_off' and coalesce(handoff_outcome not in ('withdrawn', 'rejected'), true) then 'sales'
            else 'marketing'
        end as owner,
        case when handoff_outcome in ('pending', 'stalled', 'untouched') then handoff_id end as open_handoff_id
    from handoffs_of_cycle

)

select * from owners_assigned
