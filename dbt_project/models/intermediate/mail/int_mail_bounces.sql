with

mail_matches as (

    select * from {{ ref('int_mail_matches') }}

),

mails as (

    select * from {{ ref('int_mails') }}

),

person_attributes as (

    select * from {{ ref('int_person_attributes') }}

),

mails_with_deliveries as (

    select mails.published_mail_id
    from mail_matches
    inner join mails
        on mail_matches.mail_id = mails.mail_id
    where mail_matches.event_type = 'delivered' and mail_matches.recipient <> ''
    group by mails.published_mail_id

),

bouncing_persons as (

    select person_id
    from mail_matches
    where event_type = 'bounce'
    group by person_id

),

-- what came back from an address that the person has given up says nothing of the present one
mails_summed as (

    select
        mail_matches.person_id,
        mails.published_mail_id,
        max(case when mail_matches.event_type = 'sent' then mail_matches.occurred_at end) as sent_at,
        max(case when mail_matches.event_type = 'bounce' then mail_matches.occurred_at end) as bounced_at,
        max(case when mail_matches.event_type = 'delivered' then mail_matches.occurred_at end) as delivered_at,
        max(case when mail_matches.event_type not in ('sent', 'bounce', 'delivered') then mail_matches.occurred_at end)
            as reacted_at
    from mail_matches
    inner join mails
        on mail_matches.mail_id = mails.mail_id
    inner join person_attributes
        on mail_matches.person_id = person_attributes.person_id
    where
        mail_matches.person_id in (select person_id from bouncing_persons)
        and coalesce(mail_matches.normalized_email = person_attributes.normalized_email, true)
    group by mail_matches.person_id, mails.published_mail_id

),

-- a reaction after the bounce tells that the mail got through, a delivery does not: it bounced behind the first server
arrivals_told as (

    select
        mails_summed.person_id,
        mails_summed.bounced_at,
        (
            mails_summed.bounced_at is not null
            and coalesce(mails_summed.reacted_at < mails_summed.bounced_at, true)
        ) as is_returned,
        coalesce(
            mails_summed.reacted_at,
            mails_summed.delivered_at,
            case when mails_with_deliveries.published_mail_id is null then mails_summed.sent_at end
        ) as arrived_at
    from mails_summed
    left join mails_with_deliveries
        on mails_summed.published_mail_id = mails_with_deliveries.published_mail_id

),

last_arrivals as (

    select
        *,
        max(case when not is_returned then arrived_at end) over (partition by person_id) as last_arrived_at
    from arrivals_told

),

bounces_counted as (

    select
        person_id,
        bounced_at,
        case
            when last_arrived_at is null then {{ var('bounces_without_delivery') }}
            else {{ var('bounces_in_a_row') }}
        end as fewest_bounces,
        row_number() over (partition by person_id order by bounced_at) as bounces
    from last_arrivals
    where is_returned and coalesce(bounced_at > last_arrived_at, true)

),

bounced as (

    select
        person_id,
        min(bounced_at) as bounced_at
    from bounces_counted
    where bounces >= fewest_bounces
    group by person_id

)

select * from bounced
