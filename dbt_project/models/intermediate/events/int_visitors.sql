{% set stages = buying_stages().split() %}

with

web_events as (

    select * from {{ ref('int_web_events') }}

),

page_contents as (

    select * from {{ ref('int_page_contents') }}

),

-- all events of a browser belong to nobody, or none does
events_of_strangers as (

    select
        event_id,
        anonymous_id,
        occurred_at,
        occurred_date,
        touchpoint_type = 'page_view' as is_page_view,
        page_path,
        utm_source,
        utm_campaign,
        lag(occurred_at) over (partition by anonymous_id order by occurred_at, event_id) as previous_at
    from web_events
    where
        person_id is null
        and anonymous_id is not null
        and not is_bot
        and occurred_date > {{ add_days(as_of_date(), '-' ~ var('visitor_days')) }}

),

contents_added as (

    select
        events_of_strangers.*,
        page_contents.content_type,
        page_contents.topic,
        {{ place_among('page_contents.buying_stage', stages) }} as stage_place,
        coalesce(
            {{ microseconds_between('events_of_strangers.previous_at', 'events_of_strangers.occurred_at') }}
            > {{ var('session_gap_minutes') }} * cast(60000000 as bigint),
            true
        ) as is_session_start,
        coalesce(page_contents.content_type in {{ listed_texts(var('pricing_content_types')) }}, false) as is_pricing,
        coalesce(page_contents.content_type in {{ listed_texts(var('faq_content_types')) }}, false) as is_faq,
        coalesce(page_contents.content_type in {{ listed_texts(var('uninterested_content_types')) }}, false)
            as is_uninterested,
        case when page_contents.content_type is not null then row_number() over (
            partition by events_of_strangers.anonymous_id, page_contents.content_type is not null
            order by events_of_strangers.occurred_at desc, events_of_strangers.event_id desc
        ) end = 1 as is_last_content,
        case when coalesce(events_of_strangers.utm_source, events_of_strangers.utm_campaign) is not null then row_number() over (
            partition by
                events_of_strangers.anonymous_id,
                coalesce(events_of_strangers.utm_source, events_of_strangers.utm_campaign) is not null
            order by events_of_strangers.occurred_at desc, events_of_strangers.event_id desc
        ) end = 1 as is_last_source
    from events_of_strangers
    left join page_contents
        on events_of_strangers.page_path = page_contents.page_path

),

visitors_summed as (

    select
        anonymous_id,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at,
        count(distinct occurred_date) as days_seen,
        count(distinct case when is_page_view and not is_uninterested then occurred_date end) as interested_days,
        count(*) filter (where is_session_start) as sessions,
        count(*) filter (where is_page_view) as page_views,
        count(*) filter (where is_page_view and is_pricing) as pricing_views,
        count(*) filter (where is_page_view and is_faq) as faq_views,
        count(*) filter (where is_page_view and (is_pricing or is_faq)) as question_views,
        count(*) filter (where is_page_view and not is_uninterested) as interested_views,
        -- the last stage comes after buying
        {{ at_place(
            'coalesce(max(case when stage_place < ' ~ stages | length ~ ' then stage_place end), max(stage_place))', stages
        ) }} as buying_stage,
        max(case when is_last_content then content_type end) as last_content_type,
        max(case when is_last_content then topic end) as last_topic,
        max(case when is_last_source then utm_source end) as utm_source,
        max(case when is_last_source then utm_campaign end) as utm_campaign
    from contents_added
    group by anonymous_id

)

select * from visitors_summed
