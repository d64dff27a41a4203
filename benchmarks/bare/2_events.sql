-- who did what: web, mail and offline events with their persons, touchpoints, mails

create temp table channels as
select feed, lower(trimmed(key)) as key, channel from rule_file('channel_map');

create temp table agents as
with lowered as (
    select distinct user_agent, lower(user_agent) as agent
    from read_parquet(getvariable('raw') || '/web_events.parquet') where user_agent is not null
),
known as (
    select user_agent, bool_or(kind = 'human') as is_human
    from lowered join rule_file('machine_agents') as machines on contains(lowered.agent, machines.agent)
    group by user_agent
)
select user_agent, if(is_human is null, regexp_matches(user_agent, getvariable('bot_pattern'), 'i'), not is_human)
    as is_bot
from lowered left join known using (user_agent);

-- pages have few URLs, of which path and host are taken once
create temp table urls as
select url,
    nullif(regexp_replace(
        lower(regexp_extract(url, getvariable('scheme') || '([^/?#]*)', 1)), '^.*@(www[.])?|^www[.]|:[0-9]*$', '', 'g'
    ), '') as host,
    coalesce(
        nullif(regexp_extract(url, '^[^#]*#!?(/[^?]*)', 1), ''),
        regexp_replace(split_part(split_part(url, '#', 1), '?', 1), getvariable('scheme') || '[^/]*', '')
    ) as path,
    regexp_replace(
        if(path in ('', '/'), '/', regexp_replace(path, '/$', '')),
        '[^/]*' || getvariable('at_sign') || '[^/]*', ':email', 'g'
    ) as page_path
from (
    select distinct page_url as url from read_parquet(getvariable('raw') || '/web_events.parquet')
    union
    select distinct referrer from read_parquet(getvariable('raw') || '/web_events.parquet')
)
where url is not null;

create temp table pages as
select page_path, content_type, topic, buying_stage
from (select distinct page_path from urls)
join (select *, regexp_replace(path_prefix, '/$', '') as folder from rule_file('content_catalog'))
    on path_prefix = '/' or page_path = folder or starts_with(page_path, folder || '/')
qualify row_number() over (partition by page_path order by length(path_prefix) desc, path_prefix) = 1;

-- what a web event says by itself; one that goes on from a page of the same site has no channel of its own
create temp table arrivals as
select file_row_number, event_id, unless_placeholder('anonymous_id', anonymous_id) as anonymous_id, occurred_at,
    if(event_type = 'form_submit', coalesce(form_type, 'form_submit'), event_type) as touchpoint_type,
    page.page_path, coalesce(is_bot, false) as is_bot, utm_campaign,
    case
        when utm_medium is not null then coalesce(channel, 'other')
        when referrer is null then 'direct'
        when page.host = origin.host then null
        else 'referral'
    end as channel
from read_parquet(getvariable('raw') || '/web_events.parquet', file_row_number = true) as events
left join urls as page on page_url = page.url
left join urls as origin on referrer = origin.url
left join agents using (user_agent)
left join channels on channels.feed = 'web' and lower(trimmed(utm_medium)) = channels.key
where occurred_at < getvariable('until');

-- an event without a channel of its own goes on with the visit, if one began at most 30 minutes between events ago
create temp table visits as
with browsing as (
    select file_row_number, anonymous_id, channel, utm_campaign,
        row_number() over browser as place,
        coalesce(occurred_at <= lag(occurred_at) over browser + interval 30 minutes, false) as goes_on
    from arrivals
    semi join (from arrivals where channel is null) as own_pages using (anonymous_id)
    window browser as (partition by anonymous_id order by occurred_at, event_id)
)
select file_row_number, visit.channel, visit.campaign
from (
    select file_row_number, channel,
        last_value(
            if(channel is not null or not goes_on, {'channel': channel, 'campaign': utm_campaign}, null) ignore nulls
        ) over (partition by anonymous_id order by place) as visit
    from browsing
)
where channel is null and visit.channel is not null;

create temp table identified as
select file_row_number, arrivals.anonymous_id, arrivals.occurred_at, arrivals.event_id, person_id
from matched('web_events') as events
join arrivals using (file_row_number)
where (events.lead_id is not null or events.email is not null) and person_id is not null;

create temp table browsers as
select anonymous_id, min(person_id) as person_id, min(person_id) <> max(person_id) as is_shared,
    min({'at': occurred_at, 'id': event_id}) as first_seen
from identified where anonymous_id is not null
group by anonymous_id;

-- on a browser of several people each event goes to the last one seen, else to the next
create temp table shared as
select arrivals.file_row_number,
    coalesce(
        last_value(identified.person_id ignore nulls) over browser,
        first_value(identified.person_id ignore nulls) over (
            browser rows between current row and unbounded following
        )
    ) as person_id
from arrivals
semi join (from browsers where is_shared) as several using (anonymous_id)
left join identified using (file_row_number)
window browser as (partition by arrivals.anonymous_id order by arrivals.occurred_at, arrivals.event_id);

create temp table web as
select arrivals.event_id, arrivals.anonymous_id, arrivals.occurred_at,
    local_date(arrivals.occurred_at) as occurred_date, touchpoint_type, page_path, is_bot,
    coalesce(arrivals.channel, visits.channel, 'direct') as channel,
    if(visits.channel is null, utm_campaign, visits.campaign) as campaign,
    identified.person_id is not null as is_identified,
    coalesce(identified.person_id, shared.person_id, browsers.person_id) as person_id,
    case
        when identified.person_id is null and {'at': arrivals.occurred_at, 'id': arrivals.event_id} < first_seen
            then local_date(first_seen.at)
        else occurred_date
    end as seen_date
from arrivals
left join visits using (file_row_number)
left join identified using (file_row_number)
left join browsers on arrivals.anonymous_id = browsers.anonymous_id
left join shared using (file_row_number);

drop table arrivals;
drop table visits;

create temp table mail as
with addressed as materialized (
    select event_id, occurred_at, local_date(occurred_at) as occurred_date, mail_id, mail_type, event_type, is_machine,
        person_id, coalesce(person_id, address) as recipient
    from matched('mail_events')
),
too_quick as (
    select event_id
    from (from addressed where event_type in ('open', 'click')) as events
    semi join (from addressed where event_type in ('sent', 'delivered')) as arrived
        on events.mail_id = arrived.mail_id and events.recipient = arrived.recipient
        and events.occurred_at >= arrived.occurred_at
        and events.occurred_at < arrived.occurred_at + to_seconds(getvariable('machine_seconds'))
)
select * replace (
    event_type in ('open', 'click') and (is_machine or event_id in (from too_quick)) as is_machine
)
from addressed;

create temp table offline as
select *, local_date(occurred_at) as occurred_date from matched('offline_events');

create table fct_touchpoints as
with elsewhere as (
    select 'mail:' || event_id as touchpoint_id, person_id, 'mail' as feed, 'mail_' || event_type as touchpoint_type,
        occurred_at, occurred_date, lower(trimmed(mail_type)) as key, mail_id as campaign
    from mail
    where person_id is not null and event_type in ('open', 'click', 'reply', 'unsubscribe') and not is_machine
    union all
    select 'offline:' || event_id, person_id, 'offline', event_type, occurred_at, occurred_date,
        lower(trimmed(event_type)), campaign
    from offline
    where person_id is not null
)
select touchpoint_id, person_id, feed, without_addresses(touchpoint_type) as touchpoint_type, occurred_at,
    occurred_date, greatest(seen_date, created_date) as known_date, channel, without_addresses(campaign) as campaign,
    page_path, content_type, topic, buying_stage, is_stitched
from (
    select 'web:' || event_id as touchpoint_id, person_id, 'web' as feed, touchpoint_type, occurred_at, occurred_date,
        seen_date, channel, campaign, page_path, content_type, topic, buying_stage, not is_identified as is_stitched
    from web left join pages using (page_path)
    where person_id is not null and not is_bot
    union all by name
    select elsewhere.* exclude (key), coalesce(channel, 'other') as channel, occurred_date as seen_date,
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
    union all
    select 'enrollment', local_date(occurred_at) from matched('enrollments') where person_id is null
)
group by all;

-- mails that differ in an address alone are one, of the type of the earliest
create temp table mails as
with earliest as (
    select mail_id as raw_mail_id, min({'at': occurred_at, 'id': event_id, 'type': mail_type}) as first_event
    from mail where recipient is not null
    group by mail_id
)
select raw_mail_id, without_addresses(raw_mail_id) as mail_id,
    without_addresses((min(first_event) over (partition by without_addresses(raw_mail_id))).type) as mail_type
from earliest;

create temp table recipients as
select mails.mail_id, recipient, any_value(mails.mail_type) as mail_type, any_value(person_id) as person_id,
    min(occurred_at) filter (event_type = 'sent') as sent_at,
    min(occurred_at) filter (event_type = 'delivered') as delivered_at,
    min(occurred_at) filter (event_type = 'bounce') as bounced_at,
    min(occurred_at) filter (event_type = 'open' and not is_machine) as opened_at,
    min(occurred_at) filter (event_type = 'open' and is_machine) as machine_opened_at,
    min(occurred_at) filter (event_type = 'click' and not is_machine) as clicked_at,
    min(occurred_at) filter (event_type = 'unsubscribe') as unsubscribed_at,
    min(occurred_at) filter (event_type = 'reply') as replied_at,
    min(occurred_at) filter (event_type = 'complaint') as complained_at,
    bool_or(event_type not in ('sent', 'bounce')) as is_reached
from mail join mails on mail.mail_id = raw_mail_id
where recipient is not null
group by mails.mail_id, recipient;

create temp table mail_conversions as
select mail_id, mail_type, recipient, clicked_at, touches.occurred_at as converted_at
from (from recipients where clicked_at is not null and person_id is not null) as clicks
asof join (
    select person_id, occurred_at from fct_touchpoints
    where touchpoint_type in ('document_request', 'newsletter_signup', 'webinar_signup', 'quote_request', 'inquiry')
) as touches
    on clicks.person_id = touches.person_id and clicks.clicked_at < touches.occurred_at
where touches.occurred_at <= clicked_at + interval 168 hours;

create table mail_performance as
with counted as (
    select mail_id, any_value(recipients.mail_type) as mail_type, min(sent_at) as first_sent_at, count(sent_at) as sent,
        count(*) filter (is_reached) as reached,
        -- where deliveries are not recorded, a mail that did not bounce arrived
        if(count(delivered_at) > 0, 0, count(*) filter (
            not is_reached and sent_at is not null and bounced_at is null
        )) as presumed,
        reached + presumed as delivered, count(bounced_at) as bounced, count(opened_at) as openers,
        count(machine_opened_at) as machine_openers, count(recipients.clicked_at) as clickers,
        count(unsubscribed_at) as unsubscribes, count(replied_at) as replies, count(converted_at) as conversions,
        count(complained_at) as complaints
    from recipients left join mail_conversions using (mail_id, recipient)
    group by mail_id
)
select * exclude (reached, presumed, complaints), openers / nullif(delivered, 0) as open_rate,
    clickers / nullif(delivered, 0) as click_rate, clickers / nullif(openers, 0) as click_to_open_rate,
    unsubscribes / nullif(delivered, 0) as unsubscribe_rate, 1 - unsubscribe_rate as retention_rate, complaints
from counted;
