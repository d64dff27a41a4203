with

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

disposition_cycles as (

    select * from {{ ref('int_disposition_cycles') }}

),

deals_of_cycle_found as (

    select
        dispositions.disposition_id,
        dispositions.person_id,
        disposition_cycles.cycle_number,
        dispositions.occurred_at,
        dispositions.occurred_date,
        dispositions.disposition,
        dispositions.amount,
        coalesce(
            dispositions.opportunity_id = max(
                case when dispositions.disposition = 'won' then dispositions.opportunity_id end
            ) over (partition by dispositions.person_id, disposition_cycles.cycle_number),
            false
        ) as is_of_won_deal
    from disposition_cycles
    inner join dispositions
        on disposition_cycles.disposition_id = dispositions.disposition_id
    where disposition_cycles.cycle_number is not null

),

dispositions_ranked as (

    select
        *,
        row_number() over (
            partition by person_id, cycle_number, disposition
            order by is_of_won_deal desc, occurred_at desc, disposition_id desc
        ) = 1 as is_decisive
    from deals_of_cycle_found

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
            max(amount) filter (where disposition = 'opportunity' and is_decisive)
        ) as amount
    from dispositions_ranked
    group by person_id, cycle_number

)

select * from dates_found
