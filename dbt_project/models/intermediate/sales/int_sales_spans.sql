with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

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
cycles_dated as (

    select
        lead_cycles.person_id,
        lead_cycles.cycle_number,
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

cycles_handed_over as (

    select * from cycles_dated
    where handed_over_date is not null

)

select * from cycles_handed_over
