{{ config(materialized='incremental', unique_key='recipient', affected_by='int_affected_recipients') }}

with

mail_events as (

    select * from {{ ref('int_mail_events') }}

),

affected_recipients as (

    select * from {{ ref('int_affected_recipients') }}

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
        min(occurred_at) filter (where event_type = 'reply') as replied_at
    from mail_events
    where
        (person_id is not null or outsider_email is not null)
        and {{ is_affected('recipient', 'affected_recipients') }}
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
