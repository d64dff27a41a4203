with

cycle_spans as (

    select * from {{ ref('int_cycle_spans') }}

),

qualifications as (

    select * from {{ ref('fct_qualifications') }}

),

-- a later cycle begins on the day the earlier one closed, and that day belongs to the earlier one
spells_in_cycle as (

    select
        cycle_spans.person_id,
        cycle_spans.cycle_number,
        min(qualifications.qualified_from) as mql_date
    from cycle_spans
    inner join qualifications
        on
            cycle_spans.person_id = qualifications.person_id
            and (cycle_spans.closed_date is null or cycle_spans.closed_date >= qualifications.qualified_from)
            and (
                cycle_spans.started_date < qualifications.qualified_from
                or (cycle_spans.cycle_number = 1 and cycle_spans.started_date = qualifications.qualified_from)
            )
    group by cycle_spans.person_id, cycle_spans.cycle_number

)

select * from spells_in_cycle
