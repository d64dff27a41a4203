-- who did what: web, mail and offline events with their persons, touchpoints, mails

create temp table identified as
select file_row_number, anonymous_id, occurred_at, event_id,
    coalesce(by_lead.person_id, by_email.person_id) as person_id
from read_parquet(getvariable('raw') || '/web_events.parquet', file_row_number = true) as events
left join lead_persons as by_lead using (lead_id)
left join email_persons as by_email on if(by_lead.person_id is null, email_of(events.email), null) = by_email.email
where occurred_at < getvariable('until') and (lead_id is not null or events.email is not null)
    and coalesce(by_lead.person_id, by_email.person_id) is not null;

create temp table browsers as
select anonymous_id, min(person_id) as person_id, min(person_id) <> max(person_id) as is_shared,
    min({'at': occurred_at, 'id': event_id}) as first_seen
from identified group by anonymous_id;

-- on a browser of several people each event goes to the last one seen, else to the next
create temp table shared as
select events.file_row_number,
    coalesce(
        last_value(identified.person_id ignore nulls) over browser,
        first_value(identified.person_id ignore nulls) over (
            browser rows between current row and unbounded following
        )
    ) as person_id
from read_parquet(getvariable('raw') || '/web_events.parquet', file_row_number = true) as events
semi join (from browsers where is_shared) as several using (anonymous_id)
left join identified using (file_row_number)
where events.occurred_at < getvariable('until')
window browser as (partition by events.anonymous_id order by events.occurred_at, events.event_id);

create temp table web as
select events.event_id, events.anonymous_id, events.occurred_at, local_date(events.occurred_at) as occurred_date,
    event_type, form_type, page_url, referrer, utm_medium, utm_campaign,
    identified.person_id is not null as is_identified,
    coalesce(identified.person_id, shared.person_id, browsers.person_id) as person_id,
    case
        when identified.person_id is null and {'at': events.occurred_at, 'id': events.event_id} < first_seen
            then first_seen.at
        else events.occurred_at
    end as seen_at,
    coalesce(regexp_matches(user_agent, getvariable('bot_pattern'), 'i'), false) as is_bot
from read_parquet(getvariable('raw') || '/web_events.parquet', file_row_number = true) as events
left join identified using (file_row_number)
left join browsers on events.anonymous_id = browsers.anonymous_id
left join shared using (file_row_number)
where events.occurred_at < getvariable('until');

create temp table mail as
with addressed as (
    select event_id, occurred_at, mail_id, mail_type, event_type, is_machine,
        coalesce(by_lead.person_id, by_email.person_id) as person_id,
        coalesce(by_lead.person_id, by_email.person_id, email_of(events.email)) as recipient
    from read_parquet(getvariable('raw') || '/mail_events.parquet') as events
    left join lead_persons as by_lead using (lead_id)
    left join email_persons as by_email on if(by_lead.person_id is null, email_of(events.email), null) = by_email.email
    where occurred_at < getvariable('until')
),
judged as (
    select events.* replace (
        events.is_machine or coalesce(
            events.occurred_at < sent.occurred_at + to_seconds(getvariable('machine_seconds')), false
        ) as is_machine
    )
    from (from addressed where event_type in ('open', 'click')) as events
    asof left join (from addressed where event_type = 'sent') as sent
        on events.mail_id = sent.mail_id and events.recipient = sent.recipient
        and events.occurred_at >= sent.occurred_at
    union all
    select * replace (false as is_machine) from addressed where event_type not in ('open', 'click')
)
select *, local_date(occurred_at) as occurred_date from judged;

create temp table offline as
select events.*, local_date(occurred_at) as occurred_date, coalesce(by_lead.person_id, by_email.person_id) as person_id
from read_parquet(getvariable('raw') || '/offline_events.parquet') as events
left join lead_persons as by_lead using (lead_id)
left join email_persons as by_email on if(by_lead.person_id is null, email_of(events.email), null) = by_email.email
where occurred_at < getvariable('until');

create table fct_touchpoints as
with channels as materialized (from rule_file('channel_map')),
on_web as (
    select 'web:' || event_id as touchpoint_id, person_id, 'web' as feed,
        case when event_type = 'form_submit' then coalesce(form_type, 'form_submit') else event_type end
            as touchpoint_type,
        occurred_at, occurred_date, local_date(seen_at) as known_date,
        case
            when utm_medium is not null then coalesce(channel, 'other')
            when referrer is null then 'direct'
            else 'referral'
        end as channel,
        utm_campaign as campaign,
        regexp_replace(
            split_part(split_part(page_url, '#', 1), '?', 1),
            '^[' || getvariable('space') || ']*([A-Za-z][A-Za-z0-9+.-]*:)?//[^/]*', ''
        ) as path,
        regexp_replace(if(path in ('', '/'), '/', regexp_replace(path, '/$', '')), '[^/]*@[^/]*', ':email', 'g')
            as page_path,
        not is_identified as is_stitched
    from web
    left join channels on channels.feed = 'web' and utm_medium = key
    where person_id is not null and not is_bot
),
pages as (
    select page_path, content_type, topic, buying_stage
    from (select distinct page_path from on_web)
    join rule_file('content_catalog')
        on path_prefix = '/' or page_path = rtrim(path_prefix, '/')
        or starts_with(page_path, rtrim(path_prefix, '/') || '/')
    qualify row_number() over (partition by page_path order by length(path_prefix) desc, path_prefix) = 1
),
elsewhere as (
    select 'mail:' || event_id as touchpoint_id, person_id, 'mail' as feed, 'mail_' || event_type as touchpoint_type,
        occurred_at, occurred_date, mail_type as key, mail_id as campaign
    from mail
    where person_id is not null and event_type in ('open', 'click', 'reply', 'unsubscribe') and not is_machine
    union all
    select 'offline:' || event_id, person_id, 'offline', event_type, occurred_at, occurred_date, event_type, campaign
    from offline
    where person_id is not null
)
select touchpoint_id, person_id, feed, without_addresses(touchpoint_type) as touchpoint_type, occurred_at,
    occurred_date, greatest(known_date, created_date) as known_date, channel, without_addresses(campaign) as campaign,
    page_path, content_type, topic, buying_stage, is_stitched
from (
    select on_web.* exclude (path), content_type, topic, buying_stage from on_web left join pages using (page_path)
    union all by name
    select elsewhere.* exclude (key), coalesce(channel, 'other') as channel, occurred_date as known_date,
        false as is_stitched
    from elsewhere left join channels using (feed, key)
)
join persons using (person_id);

create table unresolved_events as
select feed, month_of(occurred_date) as month, count(*) as rows
from (
    select 'web' as feed, occurred_date from web where person_id is null
    union all
    select 'mail', occurred_date from mail where person_id is null
    union all
    select 'offline', occurred_date from offline where person_id is null
)
group by all;

create temp table recipients as
select mail_id, recipient, any_value(person_id) as person_id,
    min(occurred_at) filter (event_type = 'sent') as sent_at,
    min(occurred_at) filter (event_type = 'delivered') as delivered_at,
    min(occurred_at) filter (event_type = 'bounce') as bounced_at,
    min(occurred_at) filter (event_type = 'open' and not is_machine) as opened_at,
    min(occurred_at) filter (event_type = 'open' and is_machine) as machine_opened_at,
    min(occurred_at) filter (event_type = 'click' and not is_machine) as clicked_at,
    min(occurred_at) filter (event_type = 'unsubscribe') as unsubscribed_at,
    min(occurred_at) filter (event_type = 'reply') as replied_at
from mail where recipient is not null
group by mail_id, recipient;

create temp table mail_conversions as
select mail_id, recipient, clicked_at, touches.occurred_at as converted_at
from (from recipients where clicked_at is not null and person_id is not null) as clicks
asof join (
    select person_id, occurred_at from fct_touchpoints
    where touchpoint_type in ('document_request', 'newsletter_signup', 'webinar_signup', 'quote_request', 'inquiry')
) as touches
    on clicks.person_id = touches.person_id and clicks.clicked_at < touches.occurred_at
where touches.occurred_at <= clicked_at + interval 168 hours;

create table mail_performance as
with mails as materialized (
    select mail_id, without_addresses(mail_id) as published_id, min(row(occurred_at, event_id)) as first_event,
        without_addresses(arg_min(mail_type, row(occurred_at, event_id))) as mail_type
    from mail where recipient is not null
    group by mail_id
),
counted as (
    select published_id, min(sent_at) as first_sent_at,
        count(distinct recipient) filter (sent_at is not null) as sent,
        count(distinct recipient) filter (delivered_at is not null) as recorded,
        count(distinct recipient) filter (bounced_at is not null) as bounced,
        count(distinct recipient) filter (opened_at is not null) as openers,
        count(distinct recipient) filter (machine_opened_at is not null) as machine_openers,
        count(distinct recipient) filter (recipients.clicked_at is not null) as clickers,
        count(distinct recipient) filter (unsubscribed_at is not null) as unsubscribes,
        count(distinct recipient) filter (replied_at is not null) as replies,
        count(distinct recipient) filter (converted_at is not null) as conversions
    from recipients join mails using (mail_id) left join mail_conversions using (mail_id, recipient)
    group by published_id
)
select published_id as mail_id,
    (select arg_min(mail_type, first_event) from mails where mails.published_id = counted.published_id) as mail_type,
    first_sent_at, sent, if(recorded > 0, recorded, sent - bounced) as delivered, bounced, openers, machine_openers,
    clickers, unsubscribes, replies, conversions, openers / nullif(delivered, 0) as open_rate,
    clickers / nullif(delivered, 0) as click_rate, clickers / nullif(openers, 0) as click_to_open_rate,
    unsubscribes / nullif(delivered, 0) as unsubscribe_rate, 1 - unsubscribe_rate as retention_rate
from counted;
