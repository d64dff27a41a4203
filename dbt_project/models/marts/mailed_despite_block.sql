with

mail_blocks as (

    select * from {{ ref('int_mail_blocks') }}

),

mail_matches as (

    select * from {{ ref('int_mail_matches') }}

),

mails as (

    select * from {{ ref('int_mails') }}

),

-- a tool that records no sends is known by its deliveries
mails_summed as (

    select
        mail_matches.person_id,
        mails.published_mail_id,
        coalesce(
            max(case when mail_matches.event_type = 'sent' then mail_matches.occurred_at end),
            max(case when mail_matches.event_type = 'delivered' then mail_matches.occurred_at end)
        ) as mailed_at
    from mail_matches
    inner join mails
        on mail_matches.mail_id = mails.mail_id
    where
        mail_matches.event_type in ('sent', 'delivered')
        and mail_matches.person_id in (select person_id from mail_blocks)
        and {{ folded('mail_matches.mail_type') }} not in {{ listed_texts(var('mail_types_despite_block')) }}
    group by mail_matches.person_id, mails.published_mail_id

),

mailed_after_block as (

    select
        mail_blocks.person_id,
        mail_blocks.mail_block_reason,
        {{ local_date('mail_blocks.blocked_at') }} as blocked_date,
        count(*) as mails,
        {{ local_date('min(mails_summed.mailed_at)') }} as first_mailed_date,
        {{ local_date('max(mails_summed.mailed_at)') }} as last_mailed_date
    from mail_blocks
    inner join mails_summed
        on
            mail_blocks.person_id = mails_summed.person_id
            and mail_blocks.blocked_at < mails_summed.mailed_at
    group by mail_blocks.person_id, mail_blocks.mail_block_reason, mail_blocks.blocked_at

)

select * from mailed_after_block
