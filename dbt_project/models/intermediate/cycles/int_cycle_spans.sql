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
    union all
    select
        dispositions.person_id,
        disposition_cycles.cycle_number,
        dispositions.occurred_date as started_date
    from disposition_cycles
    inner join dispositions
        on disposition_cycles.disposition_id = dispositions.disposition_id
    where disposition_cycles.is_opening

),

cycles_bounded as (

    select
        cycles_started.person_id,
        cycles_started.cycle_number,
        cycles_started.started_date,
        coalesce(
            max(case when closings.outcome = 'won' then 1 else 0 end) over (
                partition by cycles_started.person_id order by cycles_started.cycle_number
                rows between unbounded preceding and 1 preceding
            ) = 1,
            false
        ) as is_customer,
        closings.closed_date,
        coalesce(closings.outcome, 'open') as outcome
    from cycles_started
    left join closings
        on
            cycles_started.person_id = closings.person_id
            and cycles_started.cycle_number = closings.cycle_number

)

select * from cycles_bounded
