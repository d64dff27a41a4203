with

web_matches as (

    select * from {{ ref('int_web_matches') }}

),

web_mediums as (

    select * from {{ ref('int_web_mediums') }}

),

browsers_with_own_pages as (

    select distinct anonymous_id
    from web_matches
    where arrival = 'own_page'

),

events_of_browsers as (

    select
        web_matches.event_id,
        web_matches.anonymous_id,
        web_matches.occurred_at,
        web_matches.arrival,
        {{ channel_of_arrival() }} as channel,
        web_matches.utm_campaign,
        lag(web_matches.occurred_at) over (
            partition by web_matches.anonymous_id order by web_matches.occurred_at, web_matches.event_id
        ) as previous_at,
        row_number() over (
            partition by web_matches.anonymous_id order by web_matches.occurred_at, web_matches.event_id
        ) as event_number
    from web_matches
    inner join browsers_with_own_pages
        on web_matches.anonymous_id = browsers_with_own_pages.anonymous_id
    left join web_mediums
        on web_matches.utm_medium = web_mediums.utm_medium

),

visit_starts_flagged as (

    select
        *,
        (
            arrival <> 'own_page'
            or previous_at is null
            or {{ microseconds_between('previous_at', 'occurred_at') }}
            > {{ var('visit_pause_minutes') }} * cast(60000000 as bigint)
        ) as is_start
    from events_of_browsers

),

-- an empty text stands for none, so that it is not passed over for an earlier visit's
visits_continued as (

    select
        event_id,
        arrival,
        utm_campaign,
        {{ last_known("case when is_start then coalesce(channel, '') end") }} over (
            partition by anonymous_id order by event_number
            rows between unbounded preceding and current row
        ) as visit_channel,
        {{ last_known("case when is_start then coalesce(utm_campaign, '') end") }} over (
            partition by anonymous_id order by event_number
            rows between unbounded preceding and current row
        ) as visit_campaign
    from visit_starts_flagged

),

own_pages_of_visits as (

    select
        event_id,
        visit_channel as channel,
        nullif(visit_campaign, '') as campaign
    from visits_continued
    where
        arrival = 'own_page'
        -- of a visit that began on an own page nothing is known
        and visit_channel <> ''
        -- what an event without a row here is anyway
        and (visit_channel <> 'direct' or visit_campaign <> coalesce(utm_campaign, ''))

)

select * from own_pages_of_visits
