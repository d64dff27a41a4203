with

web_matches as (

    select * from {{ ref('int_web_matches') }}

),

browsers as (

    select * from {{ ref('int_browsers') }}

),

events_on_shared_browsers as (

    select
        web_matches.event_id,
        web_matches.anonymous_id,
        web_matches.occurred_at,
        web_matches.identified_person_id
    from web_matches
    inner join browsers
        on web_matches.anonymous_id = browsers.anonymous_id
    where browsers.is_shared

),

neighbours_found as (

    select
        event_id,
        identified_person_id,
        {{ last_known('identified_person_id') }} over (
            partition by anonymous_id order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as earlier_person_id,
        {{ first_known('identified_person_id') }} over (
            partition by anonymous_id order by occurred_at, event_id
            rows between current row and unbounded following
        ) as later_person_id
    from events_on_shared_browsers

),

events_assigned as (

    select
        event_id,
        coalesce(earlier_person_id, later_person_id) as person_id
    from neighbours_found
    where identified_person_id is null

)

select * from events_assigned
