{% set metric_of_type = {
    'newsletter_signup': 'newsletter_signups',
    'document_request': 'document_requests',
    'download': 'downloads',
    'webinar_signup': 'webinar_signups',
    'inquiry': 'inquiries',
} %}
{% set metric_of_head_count = {'booth_visit': 'booth_visits', 'business_card': 'business_cards'} %}

with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

visitor_months as (

    select * from {{ ref('int_visitor_months') }}

),

offline_events as (

    select * from {{ ref('int_offline_events') }}

),

touchpoints_counted as (

    select
        {{ month_of('occurred_date') }} as month,
        touchpoint_type,
        count(*) as amount
    from touchpoints
    group by {{ month_of('occurred_date') }}, touchpoint_type

),

visitors_counted as (

    select
        month,
        count(*) as visitors,
        count(*) filter (where is_identified) as identified_visitors
    from visitor_months
    group by month

),

figures_listed as (

    select
        'touchpoints' as metric,
        month,
        amount
    from touchpoints_counted
    {% for touchpoint_type, metric in metric_of_type.items() -%}
        union all
        select
            '{{ metric }}' as metric,
            month,
            amount
        from touchpoints_counted
        where touchpoint_type = '{{ touchpoint_type }}'
    {% endfor -%}
    {% for metric in ['visitors', 'identified_visitors'] -%}
        union all
        select
            '{{ metric }}' as metric,
            month,
            {{ metric }} as amount
        from visitors_counted
    {% endfor -%}
    {% for event_type, metric in metric_of_head_count.items() -%}
        union all
        select
            '{{ metric }}' as metric,
            {{ month_of('occurred_date') }} as month,
            quantity as amount
        from offline_events
        where event_type = '{{ event_type }}'
    {% endfor %}

),

figures_summed_to_month as (

    select
        metric,
        month,
        cast(sum(amount) as decimal(38, 2)) as amount
    from figures_listed
    group by metric, month

),

months_with_figure as (

    select * from figures_summed_to_month
    where amount <> 0

)

select * from months_with_figure
