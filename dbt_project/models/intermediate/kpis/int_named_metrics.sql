with

metric_names as (

    select * from {{ ref('int_metric_names') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

offline_events as (

    select * from {{ ref('int_offline_events') }}

),

content_views as (

    select * from {{ ref('int_content_views') }}

),

content_catalog as (

    select * from {{ ref('content_catalog') }}

),

mail_metrics as (

    select * from {{ ref('int_mail_metrics') }}

),

figures_by_kind as (

    select
        'touchpoints' as counted,
        touchpoint_type as kind,
        {{ month_of('occurred_date') }} as month,
        count(*) as amount
    from touchpoints
    group by touchpoint_type, {{ month_of('occurred_date') }}
    union all
    select
        'offline' as counted,
        event_type as kind,
        {{ month_of('occurred_date') }} as month,
        sum(quantity) as amount
    from offline_events
    group by event_type, {{ month_of('occurred_date') }}
    union all
    select
        'views' as counted,
        content_catalog.content_type as kind,
        {{ month_of('content_views.occurred_date') }} as month,
        sum(content_views.views) as amount
    from content_views
    inner join content_catalog
        on content_views.path_prefix = content_catalog.path_prefix
    group by content_catalog.content_type, {{ month_of('content_views.occurred_date') }}
    union all
    select
        metric as counted,
        mail_type as kind,
        month,
        amount
    from mail_metrics

),

figures_named as (

    select
        metric_names.metric,
        figures_by_kind.month,
        cast(figures_by_kind.amount as decimal(38, 2)) as amount
    from figures_by_kind
    inner join metric_names
        on
            figures_by_kind.counted = metric_names.counted
            and figures_by_kind.kind = metric_names.name

)

select * from figures_named
