with

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

disposition_cycles as (

    select * from {{ ref('int_disposition_cycles') }}

),

dispositions_ranked as (

    select
        dispositions.person_id,
        disposition_cycles.cycle_number,
        dispositions.occurred_date,
        dispositions.disposition,
        dispositions.amount,
        row_number() over (
            partition by dispositions.person_id, disposition_cycles.cycle_number, dispositions.disposition
            order by dispositions.occurred_at desc, dispositions.disposition_id desc
        ) = 1 as is_last_of_its_kind
    from disposition_cycles
    inner join dispositions
        on disposition_cycles.disposition_id = dispositions.disposition_id
    where disposition_cycles.cycle_number is not null

),

dates_found as (

    select
        person_id,
        cycle_number,
        min(occurred_date) filter (where disposition = 'handed_off') as handed_off_date,
        min(occurred_date) filter (where disposition = 'accepted') as sal_date,
        min(occurred_date) filter (where disposition = 'appointment') as appointment_date,
        min(occurred_date) filter (where disposition = 'opportunity') as opportunity_date,
        min(occurred_date) filter (where disposition = 'won') as won_date,
        coalesce(
            max(amount) filter (where disposition = 'won'),
            max(amount) filter (where disposition = 'opportunity' and is_last_of_its_kind)
        ) as amount
    from dispositions_ranked
    group by person_id, cycle_number

)

select * from dates_found
