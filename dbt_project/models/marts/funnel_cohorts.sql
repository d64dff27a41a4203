with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

cycles_counted as (

    select
        {{ month_of('started_date') }} as cohort_month,
        lead_source,
        fit_grade,
        account_tier,
        cycle_number > 1 as is_returning,
        count(*) as cycles,
        {% for stage in funnel_stages().split() -%}
            count({{ stage }}_date) as {{ stage }},
        {% endfor -%}
        cast(coalesce(sum(amount) filter (where won_date is not null), 0) as decimal(38, 2)) as won_amount
    from lead_cycles
    group by {{ month_of('started_date') }}, lead_source, fit_grade, account_tier, cycle_number > 1

)

select * from cycles_counted
