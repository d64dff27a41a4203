{% set reasons = ['unsubscribed', 'complained', 'bounced', 'opted_out'] %}

with

mail_matches as (

    select * from {{ ref('int_mail_matches') }}

),

mail_bounces as (

    select * from {{ ref('int_mail_bounces') }}

),

mail_consents as (

    select * from {{ ref('int_mail_consents') }}

),

-- who agrees once more after an unsubscription is back on the list; a complaint stands whatever comes after it
blocks_listed as (

    select
        mail_matches.person_id,
        'unsubscribed' as reason,
        mail_matches.occurred_at as blocked_at
    from mail_matches
    left join mail_consents
        on mail_matches.person_id = mail_consents.person_id
    where
        mail_matches.event_type = 'unsubscribe'
        and coalesce(mail_matches.occurred_at >= mail_consents.opted_in_at, true)
    union all
    select
        person_id,
        'complained' as reason,
        occurred_at as blocked_at
    from mail_matches
    where event_type = 'complaint'
    union all
    select
        person_id,
        'bounced' as reason,
        bounced_at as blocked_at
    from mail_bounces
    union all
    select
        person_id,
        'opted_out' as reason,
        opted_out_at as blocked_at
    from mail_consents
    where opted_out_at is not null

),

blocks_summed as (

    select
        person_id,
        {{ at_place('min(' ~ place_among('reason', reasons) ~ ')', reasons) }} as mail_block_reason,
        min(blocked_at) as blocked_at
    from blocks_listed
    where person_id is not null
    group by person_id

)

select * from blocks_summed
