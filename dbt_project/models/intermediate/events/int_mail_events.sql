with

mail_events as (

    select * from {{ ref('stg_funnel__mail_events') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

email_persons as (

    select * from {{ ref('int_email_persons') }}

),

emails_normalized as (

    select
        event_id,
        occurred_at,
        mail_id,
        mail_type,
        event_type,
        is_machine,
        lead_id,
        {{ normalized_email('email') }} as normalized_email
    from mail_events

),

leads_matched as (

    select
        emails_normalized.*,
        lead_persons.person_id as lead_person_id,
        case when lead_persons.person_id is null then emails_normalized.normalized_email end as email_to_match
    from emails_normalized
    left join lead_persons
        on emails_normalized.lead_id = lead_persons.lead_id

),

recipients_found as (

    select
        leads_matched.event_id,
        leads_matched.occurred_at,
        leads_matched.mail_id,
        leads_matched.mail_type,
        leads_matched.event_type,
        leads_matched.is_machine,
        coalesce(leads_matched.lead_person_id, email_persons.person_id) as person_id,
        case when email_persons.person_id is null then leads_matched.email_to_match end as outsider_email
    from leads_matched
    left join email_persons
        on leads_matched.email_to_match = email_persons.normalized_email

),

sends_looked_up as (

    select
        *,
        max(case when event_type = 'sent' then occurred_at end) over (
            partition by mail_id, person_id, outsider_email order by occurred_at
            range between unbounded preceding and current row
        ) as last_sent_at
    from recipients_found

),

machines_told_apart as (

    select
        event_id,
        occurred_at,
        {{ local_date('occurred_at') }} as occurred_date,
        mail_id,
        mail_type,
        event_type,
        person_id,
        outsider_email,
        (
            event_type in ('open', 'click')
            and (
                is_machine
                or coalesce(
                    {{ microseconds_between('last_sent_at', 'occurred_at') }}
                    < {{ var('machine_seconds') }} * cast(1000000 as bigint),
                    false
                )
            )
        ) as is_machine
    from sends_looked_up

)

select * from machines_told_apart
