{{ config(materialized='incremental', unique_key=['recipient', 'mail_id'], affected_by='int_affected_mails') }}

with

mail_matches as (

    select * from {{ ref('int_mail_matches') }}

),

affected_mails as (

    select * from {{ ref('int_affected_mails') }}

),

arrivals_looked_up as (

    select
        *,
        max(case when event_type in ('sent', 'delivered') then occurred_at end) over (
            partition by mail_id, person_id, outsider_email order by occurred_at
            range between unbounded preceding and current row
        ) as last_arrived_at
    from mail_matches
    where {{ is_affected(['mail_matches.recipient', 'mail_matches.mail_id'], 'affected_mails') }}

),

machine_events_flagged as (

    select
        event_id,
        occurred_at,
        {{ local_date('occurred_at') }} as occurred_date,
        mail_id,
        mail_type,
        event_type,
        person_id,
        outsider_email,
        recipient,
        (
            event_type in ('open', 'click')
            and (
                is_machine
                or coalesce(
                    {{ microseconds_between('last_arrived_at', 'occurred_at') }}
                    < {{ var('machine_seconds') }} * cast(1000000 as bigint),
                    false
                )
            )
        ) as is_machine
    from arrivals_looked_up

)

select * from machine_events_flagged
