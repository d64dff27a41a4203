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

mails as (

    select * from {{ ref('int_mails') }}

),

mail_conversions as (

    select * from {{ ref('int_mail_conversions') }}

),

firsts_counted as (

    {% for metric, month in first_months.items() -%}
        select
            '{{ metric }}' as metric,
            mail_id,
            {{ month }} as month,
            count(*) as recipients
        from mail_recipients
        where {{ month }} is not null
        group by mail_id, {{ month }}
        union all
    {% endfor -%}
    select
        'mail_conversions' as metric,
        mail_id,
        {{ month_of(local_date('clicked_at')) }} as month,
        count(*) as recipients
    from mail_conversions
    group by mail_id, {{ month_of(local_date('clicked_at')) }}

),

firsts_summed_to_mail_type as (

    select
        firsts_counted.metric,
        mails.mail_type,
        firsts_counted.month,
        cast(sum(firsts_counted.recipients) as decimal(38, 2)) as amount
    from firsts_counted
    inner join mails
        on firsts_counted.mail_id = mails.published_mail_id
    where mails.is_first
    group by firsts_counted.metric, mails.mail_type, firsts_counted.month

)

select * from firsts_summed_to_mail_type
