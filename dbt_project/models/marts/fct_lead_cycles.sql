{% set stages = funnel_stages().split() %}

with

cycle_spans as (

    select * from {{ ref('int_cycle_spans') }}

),

cycle_qualifications as (

    select * from {{ ref('int_cycle_qualifications') }}

),

cycle_dispositions as (

    select * from {{ ref('int_cycle_dispositions') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

own_dates_joined as (

    select
        cycle_spans.person_id,
        cycle_spans.cycle_number,
        cycle_spans.started_date,
        {{ without_addresses('persons.lead_source') }} as lead_source,
        persons.fit_grade,
        persons.account_tier,
        cycle_qualifications.mql_date as own_mql_date,
        {% for stage in stages[1:] -%}
            cycle_dispositions.{{ stage }}_date as own_{{ stage }}_date,
        {% endfor -%}
        cycle_spans.is_customer,
        cycle_spans.outcome,
        cycle_spans.closed_date,
        cycle_dispositions.amount
    from cycle_spans
    inner join persons
        on cycle_spans.person_id = persons.person_id
    left join cycle_qualifications
        on
            cycle_spans.person_id = cycle_qualifications.person_id
            and cycle_spans.cycle_number = cycle_qualifications.cycle_number
    left join cycle_dispositions
        on
            cycle_spans.person_id = cycle_dispositions.person_id
            and cycle_spans.cycle_number = cycle_dispositions.cycle_number

),

-- least() passes over nulls
skipped_stages_implied as (

    select
        *,
        {% for stage in stages -%}
            {% set later_dates = stages[loop.index0:] -%}
            {% if later_dates | length == 1 -%}
                own_{{ stage }}_date as {{ stage }}_date
            {%- else -%}
                least(own_{{ later_dates | join('_date, own_') }}_date) as {{ stage }}_date,
            {% endif %}
        {%- endfor %}
    from own_dates_joined

),

cycles_described as (

    select
        person_id,
        cycle_number,
        started_date,
        lead_source,
        fit_grade,
        account_tier,
        {% for stage in stages -%}
            {{ stage }}_date,
        {% endfor -%}
        is_customer,
        cast(
            {% for stage in stages -%}
                case when {{ stage }}_date < own_{{ stage }}_date or ({{ stage }}_date is not null and own_{{ stage }}_date is null) then 1 else 0 end
                {{- " +" if not loop.last }}
            {% endfor -%}
            as bigint
        ) as implied_stages,
        case
            {% for stage in stages | reverse -%}
                when {{ stage }}_date is not null then '{{ stage }}'
            {% endfor -%}
            else 'lead'
        end as furthest_stage,
        outcome,
        closed_date,
        amount
    from skipped_stages_implied

)

select * from cycles_described
