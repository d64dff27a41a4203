{{ config(materialized='incremental', unique_key=['recipient', 'mail_id'], affected_by='int_affected_recipients') }}

with

mail_events as (

    select * from {{ ref('int_mail_events') }}

),

mails as (

    select * from {{ ref('int_mails') }}

),

affected_recipients as (

    select * from {{ ref('int_affected_recipients') }}

),

addressed_events as (

    select
        mails.published_mail_id as mail_id,
        mail_events.person_id,
        mail_events.outsider_email,
        mail_events.recipient,
        mail_events.event_type,
        mail_events.occurred_at,
        mail_events.is_machine
    from mail_events
    inner join mails
        on mail_events.mail_id = mails.mail_id
    where mail_events.person_id is not null or mail_events.outsider_email is not null

),

affected_events as (

    select * from addressed_events
    where {{ is_affected(['addressed_events.recipient', 'addressed_events.mail_id'], 'affected_recipients') }}

),

first_instants_found as (

    select
        mail_id,
        person_id,
        outsider_email,
        recipient,
        min(occurred_at) filter (where event_type = 'sent') as sent_at,
        min(occurred_at) filter (where event_type = 'delivered') as delivered_at,
        min(occurred_at) filter (where event_type = 'bounce') as bounced_at,
        min(occurred_at) filter (where event_type = 'open' and not is_machine) as opened_at,
        min(occurred_at) filter (where event_type = 'open' and is_machine) as machine_opened_at,
        min(occurred_at) filter (where event_type = 'click' and not is_machine) as clicked_at,
        min(occurred_at) filter (where event_type = 'unsubscribe') as unsubscribed_at,
        min(occurred_at) filter (where event_type = 'reply') as replied_at,
        min(occurred_at) filter (where event_type = 'complaint') as complained_at,
        min(occurred_at) filter (where event_type not in ('sent', 'bounce')) as reached_at
    from affected_events
    group by mail_id, person_id, outsider_email, recipient

),

months_added as (

    select
        *,
        {{ month_of(local_date('sent_at')) }} as sent_month,
        {{ month_of(local_date('delivered_at')) }} as delivered_month,
        {{ month_of(local_date('opened_at')) }} as opened_month,
        {{ month_of(local_date('clicked_at')) }} as clicked_month,
        {{ month_of(local_date('unsubscribed_at')) }} as unsubscribed_month,
        {{ month_of(local_date('replied_at')) }} as replied_month
    from first_instants_found

)

select * from months_added
