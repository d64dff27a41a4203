with

visitors as (

    select * from {{ ref('int_visitors') }}

),

visitor_months as (

    select * from {{ ref('int_visitor_months') }}

),

months_summed as (

    select
        anonymous_id,
        min(month) as first_seen_month,
        count(*) as months_seen
    from visitor_months
    where anonymous_id in (select anonymous_id from visitors)
    group by anonymous_id

),

offers_suggested as (

    select
        case
            when {{ without_addresses('visitors.anonymous_id') }} = visitors.anonymous_id then visitors.anonymous_id
            else {{ dbt.hash('visitors.anonymous_id') }}
        end as anonymous_id,
        visitors.first_seen_at,
        visitors.last_seen_at,
        months_summed.first_seen_month,
        months_summed.months_seen,
        visitors.days_seen,
        visitors.sessions,
        visitors.page_views,
        visitors.interested_views,
        visitors.pricing_views,
        visitors.faq_views,
        visitors.buying_stage,
        visitors.last_content_type,
        visitors.last_topic,
        {{ without_addresses('visitors.utm_source') }} as utm_source,
        {{ without_addresses('visitors.utm_campaign') }} as utm_campaign,
        case
            when
                visitors.pricing_views + visitors.faq_views >= {{ var('popup_question_views') }}
                and visitors.interested_views >= {{ var('popup_interested_views') }}
                then 'document_popup'
            when
                visitors.sessions >= {{ var('webinar_sessions') }}
                and visitors.interested_views >= {{ var('webinar_interested_views') }}
                then 'webinar'
            else 'none'
        end as suggested_offer
    from visitors
    inner join months_summed
        on visitors.anonymous_id = months_summed.anonymous_id

)

select * from offers_suggested
