with

visitors as (

    select * from {{ ref('int_visitors') }}

),

visitor_months as (

    select * from {{ ref('int_visitor_months') }}

),

visitor_offers as (

    select * from {{ ref('int_visitor_offers') }}

),

months_summed as (

    select
        browser_id,
        min(month) as first_seen_month,
        count(*) as months_seen
    from visitor_months
    where browser_id in (select anonymous_id from visitors)
    group by browser_id

),

offers_added as (

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
        visitors.interested_days,
        visitors.sessions,
        visitors.page_views,
        visitors.interested_views,
        visitors.pricing_views,
        visitors.faq_views,
        visitors.question_views,
        visitors.buying_stage,
        visitors.last_content_type,
        visitors.last_topic,
        {{ without_addresses('visitors.utm_source') }} as utm_source,
        {{ without_addresses('visitors.utm_campaign') }} as utm_campaign,
        coalesce(visitor_offers.offer, 'none') as suggested_offer,
        visitor_offers.rule_id as offer_rule_id
    from visitors
    inner join months_summed
        on visitors.anonymous_id = months_summed.browser_id
    left join visitor_offers
        on visitors.anonymous_id = visitor_offers.anonymous_id

)

select * from offers_added
