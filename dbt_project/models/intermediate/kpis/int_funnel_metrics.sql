{% set metric_of_stage = {
    'sal': 'sals',
    'appointment': 'appointments',
    'opportunity': 'opportunities',
    'won': 'wins',
} %}

with

persons as (

    select * from {{ ref('int_persons') }}

),

qualifications as (

    select * from {{ ref('fct_qualifications') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

figures_listed as (

    select
        'new_leads' as metric,
        created_date as entered_date,
        1 as amount
    from persons
    union all
    select
        'mqls' as metric,
        qualified_from as entered_date,
        1 as amount
    from qualifications
    union all
    select
        'handoffs' as metric,
        handed_off_date as entered_date,
        1 as amount
    from handoffs
    {% for stage, metric in metric_of_stage.items() -%}
        union all
        select
            '{{ metric }}' as metric,
            {{ stage }}_date as entered_date,
            1 as amount
        from lead_cycles
        where {{ stage }}_date is not null
    {% endfor -%}
    union all
    select
        'won_amount' as metric,
        won_date as entered_date,
        amount
    from lead_cycles
    where won_date is not null and amount is not null

),

figures_summed_to_month as (

    select
        metric,
        {{ month_of('entered_date') }} as month,
        cast(sum(amount) as decimal(38, 2)) as amount
    from figures_listed
    group by metric, {{ month_of('entered_date') }}

),

months_with_figure as (

    select * from figures_summed_to_month
    where amount <> 0

)

select * from months_with_figure
