{% set dates = {'lead': 'started_date'} %}
{% set pairs = [] %}
{% for to_stage in funnel_stages().split() %}
    {% for from_stage in dates %}
        {% do pairs.append((from_stage, to_stage)) %}
    {% endfor %}
    {% do dates.update({to_stage: to_stage ~ '_date'}) %}
{% endfor %}

with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

-- a cycle waits for a later stage until it reaches it, else until it closes, else until D; earlier than the start is day 0
waits_listed as (

    {% for from_stage, to_stage in pairs -%}
        select
            cast(date_trunc('quarter', started_date) as date) as cohort_quarter,
            '{{ from_stage }}' as from_stage,
            '{{ to_stage }}' as to_stage,
            greatest(
                {{ dbt.datediff(
                    dates[from_stage], 'coalesce(' ~ dates[to_stage] ~ ', closed_date, ' ~ as_of_date() ~ ')', 'day'
                ) }},
                0
            ) as days_waited,
            {{ dates[to_stage] }} is not null as is_reached,
            {{ dates[to_stage] }} is not null or closed_date is not null as is_decided
        from lead_cycles
        where {{ dates[from_stage] }} is not null
        {{ "union all" if not loop.last }}
    {% endfor %}

),

waits_counted as (

    select
        cohort_quarter,
        from_stage,
        to_stage,
        days_waited,
        count(*) as ended,
        count(*) filter (where is_decided) as decided,
        count(*) filter (where is_reached) as reached
    from waits_listed
    group by cohort_quarter, from_stage, to_stage, days_waited

)

select * from waits_counted
