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

-- mails that differ in nothing but an address are one once it is hidden, and so are their recipients
recipients_of_published_mails as (

    select
        mails.published_mail_id as mail_id,
        mail_recipients.person_id,
        mail_recipients.outsider_email,
        min(mail_recipients.sent_at) as sent_at,
        min(mail_recipients.delivered_at) as delivered_at,
        min(mail_recipients.bounced_at) as bounced_at,
        min(mail_recipients.opened_at) as opened_at,
        min(mail_recipients.machine_opened_at) as machine_opened_at,
        min(mail_recipients.clicked_at) as clicked_at,
        min(mail_recipients.unsubscribed_at) as unsubscribed_at,
        min(mail_recipients.replied_at) as replied_at,
        min(mail_conversions.converted_at) as converted_at
    from mail_recipients
    inner join mails
        on mail_recipients.mail_id = mails.mail_id
    left join mail_conversions
        on
            mail_recipients.mail_id = mail_conversions.mail_id
            and mail_recipients.person_id = mail_conversions.person_id
    group by mails.published_mail_id, mail_recipients.person_id, mail_recipients.outsider_email

),

recipients_counted as (

    select
        mail_id,
        min(sent_at) as first_sent_at,
        count(sent_at) as sent,
        count(delivered_at) as recorded_as_delivered,
        count(bounced_at) as bounced,
        count(opened_at) as openers,
        count(machine_opened_at) as machine_openers,
        count(clicked_at) as clickers,
        count(unsubscribed_at) as unsubscribes,
        count(replied_at) as replies,
        count(converted_at) as conversions
    from recipients_of_published_mails
    group by mail_id

),

mails_ranked as (

    select
        published_mail_id as mail_id,
        mail_type,
        row_number() over (
            partition by published_mail_id order by first_event_at, first_event_id
        ) = 1 as is_first
    from mails

),

deliveries_counted as (

    select
        recipients_counted.*,
        mails_ranked.mail_type,
        case
            when recipients_counted.recorded_as_delivered > 0 then recipients_counted.recorded_as_delivered
            else recipients_counted.sent - recipients_counted.bounced
        end as delivered
    from recipients_counted
    inner join mails_ranked
        on recipients_counted.mail_id = mails_ranked.mail_id
    where mails_ranked.is_first

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
        1 - {{ share_of('unsubscribes', 'delivered') }} as retention_rate
    from deliveries_counted

)

select * from rates_added
