with

mails as (

    select * from {{ ref('int_mails') }}

),

mail_recipients as (

    select * from {{ ref('int_mail_recipients') }}

),

mail_conversions as (

    select * from {{ ref('int_mail_conversions') }}

),

recipients_joined as (

    select
        mail_recipients.*,
        mail_conversions.converted_at
    from mail_recipients
    left join mail_conversions
        on
            mail_recipients.mail_id = mail_conversions.mail_id
            and mail_recipients.person_id = mail_conversions.person_id

),

recipients_counted as (

    select
        mail_id,
        min(sent_at) as first_sent_at,
        count(sent_at) as sent,
        count(delivered_at) > 0 as is_delivery_recorded,
        count(reached_at) as reached,
        count(*) filter (where reached_at is null and sent_at is not null and bounced_at is null) as unheard_of,
        count(bounced_at) as bounced,
        count(opened_at) as openers,
        count(machine_opened_at) as machine_openers,
        count(clicked_at) as clickers,
        count(unsubscribed_at) as unsubscribes,
        count(replied_at) as replies,
        count(converted_at) as conversions,
        count(complained_at) as complaints
    from recipients_joined
    group by mail_id

),

deliveries_counted as (

    select
        recipients_counted.*,
        mails.mail_type,
        recipients_counted.reached
        + case when recipients_counted.is_delivery_recorded then 0 else recipients_counted.unheard_of end as delivered
    from recipients_counted
    inner join mails
        on recipients_counted.mail_id = mails.published_mail_id
    where mails.is_first

),

rates_added as (

    select
        mail_id,
        mail_type,
        first_sent_at,
        sent,
        delivered,
        bounced,
        openers,
        machine_openers,
        clickers,
        unsubscribes,
        replies,
        conversions,
        {{ share_of('openers', 'delivered') }} as open_rate,
        {{ share_of('clickers', 'delivered') }} as click_rate,
        {{ share_of('clickers', 'openers') }} as click_to_open_rate,
        {{ share_of('unsubscribes', 'delivered') }} as unsubscribe_rate,
        1 - {{ share_of('unsubscribes', 'delivered') }} as retention_rate,
        complaints
    from deliveries_counted

)

select * from rates_added
