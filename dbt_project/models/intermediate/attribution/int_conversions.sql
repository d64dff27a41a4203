with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

stages_listed as (

    {% for stage in ['mql', 'sal', 'opportunity', 'won'] -%}
        select
            person_id,
            cycle_number,
            '{{ stage }}' as conversion_stage,
            {{ stage }}_date as conversion_date,
            coalesce(amount, 0) as amount
        from lead_cycles
        where {{ stage }}_date is not null
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from stages_listed
