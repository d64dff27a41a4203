{% set first_instants = {
    'mails_sent': 'sent_at',
    'mails_delivered': 'delivered_at',
    'mail_openers': 'opened_at',
    'mail_clickers': 'clicked_at',
    'mail_unsubscribes': 'unsubscribed_at',
    'mail_replies': 'replied_at',
} %}

with

mail_recipients as (

    select * from {{ ref('int_mail_recipients') }}

),

mail_conversions as (

    select * from {{ ref('int_mail_conversions') }}

),

firsts_listed as (

    {% for metric, instant in first_instants.items() -%}
        select
            '{{ metric }}' as metric,
            {{ local_date(instant) }} as first_date
        from mail_recipients
        where {{ instant }} is not null
        union all
    {% endfor -%}
    select
        'mail_conversions' as metric,
        {{ local_date('clicked_at') }} as first_date
    from mail_conversions

),

firsts_counted as (

    select
        metric,
        {{ month_of('first_date') }} as month,
        cast(count(*) as decimal(38, 2)) as amount
    from firsts_listed
    group by metric, {{ month_of('first_date') }}

)

select * from firsts_counted
