with

activity_metrics as (

    select * from {{ ref('int_activity_metrics') }}

),

mail_metrics as (

    select * from {{ ref('int_mail_metrics') }}

),

funnel_metrics as (

    select * from {{ ref('int_funnel_metrics') }}

),

named_metrics as (

    select * from {{ ref('int_named_metrics') }}

),

metrics_listed as (

    select
        metric,
        month,
        amount,
        false as is_named
    from activity_metrics
    union all
    select
        metric,
        month,
        sum(amount) as amount,
        false as is_named
    from mail_metrics
    group by metric, month
    union all
    select
        metric,
        month,
        amount,
        false as is_named
    from funnel_metrics
    union all
    select
        metric,
        month,
        amount,
        true as is_named
    from named_metrics

)

select * from metrics_listed
