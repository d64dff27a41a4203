with

mail_events as (

    select * from {{ ref('int_mail_events') }}

),

first_instants_found as (

    select
        mail_id,
        person_id,
        outsider_email,
        min(occurred_at) filter (where event_type = 'sent') as sent_at,
        min(occurred_at) filter (where event_type = 'delivered') as delivered_at,
        min(occurred_at) filter (where event_type = 'bounce') as bounced_at,
        min(occurred_at) filter (where event_type = 'open' and not is_machine) as opened_at,
        min(occurred_at) filter (where event_type = 'open' and is_machine) as machine_opened_at,
        min(occurred_at) filter (where event_type = 'click' and not is_machine) as clicked_at,
        min(occurred_at) filter (where event_type = 'unsubscribe') as unsubscribed_at,
        min(occurred_at) filter (where event_type = 'reply') as replied_at
    from mail_events
    where person_id is not null or outsider_email is not null
    group by mail_id, person_id, outsider_email

)

select * from first_instants_found
