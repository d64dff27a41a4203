with

web_events as (

    select * from {{ affected_or_all(ref('int_affected_web_events'), ref('stg_funnel__web_events')) }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

email_persons as (

    select * from {{ ref('int_email_persons') }}

),

urls as (

    select * from {{ ref('int_urls') }}

),

leads_matched as (

    select
        web_events.*,
        lead_persons.person_id as lead_person_id,
        case when lead_persons.person_id is null then {{ normalized_email('web_events.email') }} end as email_to_match
    from web_events
    left join lead_persons
        on web_events.lead_id = lead_persons.lead_id

),

persons_matched as (

    select
        leads_matched.event_id,
        leads_matched.occurred_at,
        leads_matched.anonymous_id,
        leads_matched.browser_id,
        leads_matched.lead_id,
        leads_matched.email_to_match,
        coalesce(leads_matched.lead_person_id, email_persons.person_id) as identified_person_id,
        case
            when leads_matched.event_type = 'form_submit' then coalesce(leads_matched.form_type, 'form_submit')
            else leads_matched.event_type
        end as touchpoint_type,
        pages.page_path,
        case
            when leads_matched.utm_medium is not null then 'tagged'
            when leads_matched.referrer is null then 'direct'
            when origins.host = pages.host then 'own_page'
            else 'referral'
        end as arrival,
        leads_matched.utm_source,
        leads_matched.utm_medium,
        leads_matched.utm_campaign,
        leads_matched.channel as given_channel,
        leads_matched.user_agent
    from leads_matched
    left join email_persons
        on leads_matched.email_to_match = email_persons.normalized_email
    left join urls as pages
        on leads_matched.page_url = pages.url
    left join urls as origins
        on leads_matched.referrer = origins.url

)

select * from persons_matched
