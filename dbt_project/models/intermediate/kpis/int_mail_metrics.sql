{% set first_months = {
    'mails_sent': 'sent_month',
    'mails_delivered': 'delivered_month',
    'mail_openers': 'opened_month',
    'mail_clickers': 'clicked_month',
    'mail_unsubscribes': 'unsubscribed_month',
    'mail_replies': 'replied_month',
} %}

with

mail_recipients as (

    select * from {{ ref('int_mail_recipients') }}

),

mail_conversions as (

    select * from {{ ref('int_mail_conversions') }}

),

firsts_counted as (

    {% for metric, month in first_months.items() -%}
        select
            '{{ metric }}' as metric,
            {{ month }} as month,
            count(*) as recipients
        from mail_recipients
        where {{ month }} is not null
        group by {{ month }}
        union all
    {% endfor -%}
    select
        'mail_conversions' as metric,
        {{ month_of(local_date('clicked_at')) }} as month,
        count(*) as recipients
    from mail_conversions
    group by {{ month_of(local_date('clicked_at')) }}

),

amounts_typed as (

    select
        metric,
        month,
        cast(recipients as decimal(38, 2)) as amount
    from firsts_counted

)

select * from amounts_typed
