{% set stages = funnel_stages().split() %}

with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

stages_listed as (

    select
        person_id,
        cycle_number,
        lead_source,
        started_date,
        closed_date,
        'lead' as stage,
        started_date as entered_date,
        {{ stages[0] }}_date as next_stage_date
    from lead_cycles
    {% for stage in stages -%}
        union all
        select
            person_id,
            cycle_number,
            lead_source,
            started_date,
            closed_date,
            '{{ stage }}' as stage,
            {{ stage }}_date as entered_date,
            {{ 'cast(null as date)' if loop.last else stages[loop.index] ~ '_date' }} as next_stage_date
        from lead_cycles
        where {{ stage }}_date is not null
    {% endfor %}

),

-- a stage dated before the start is entered on its own day, but the cycle is open from its start on
stages_bounded as (

    select
        person_id,
        cycle_number,
        lead_source,
        stage,
        entered_date,
        greatest(entered_date, started_date) as open_from,
        least(next_stage_date, closed_date) as open_to
    from stages_listed

)

select * from stages_bounded
