with

persons as (

    select * from {{ ref('int_persons') }}

),

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

disposition_cycles as (

    select * from {{ ref('int_disposition_cycles') }}

),

closings as (

    select
        dispositions.person_id,
        disposition_cycles.cycle_number,
        dispositions.occurred_date as closed_date,
        dispositions.disposition as outcome
    from disposition_cycles
    inner join dispositions
        on disposition_cycles.disposition_id = dispositions.disposition_id
    where disposition_cycles.is_closing

),

cycles_started as (

    select
        person_id,
        cast(1 as bigint) as cycle_number,
        created_date as started_date
    from persons
    union all
    select
        person_id,
        cycle_number + 1 as cycle_number,
        closed_date as started_date
    from closings
    where outcome <> 'won'

),

cycles_bounded as (

    select
        cycles_started.person_id,
        cycles_started.cycle_number,
        cycles_started.started_date,
        closings.closed_date,
        coalesce(closings.outcome, 'open') as outcome
    from cycles_started
    left join closings
        on
            cycles_started.person_id = closings.person_id
            and cycles_started.cycle_number = closings.cycle_number

)

select * from cycles_bounded
