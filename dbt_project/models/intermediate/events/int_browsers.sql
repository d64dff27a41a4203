with

web_matches as (

    select * from {{ ref('int_web_matches') }}

),

identified_events as (

    select
        anonymous_id,
        event_id,
        occurred_at,
        identified_person_id
    from web_matches
    where identified_person_id is not null and anonymous_id is not null

),

first_instants as (

    select
        anonymous_id,
        min(occurred_at) as first_identified_at,
        min(identified_person_id) as least_person_id,
        max(identified_person_id) as greatest_person_id
    from identified_events
    group by anonymous_id

),

first_events_found as (

    select
        first_instants.anonymous_id,
        first_instants.first_identified_at,
        first_instants.least_person_id,
        first_instants.greatest_person_id,
        min(identified_events.event_id) as first_event_id
    from first_instants
    inner join identified_events
        on
            first_instants.anonymous_id = identified_events.anonymous_id
            and first_instants.first_identified_at = identified_events.occurred_at
    group by
        first_instants.anonymous_id,
        first_instants.first_identified_at,
        first_instants.least_person_id,
        first_instants.greatest_person_id

),

browsers_described as (

    select
        anonymous_id,
        first_identified_at,
        first_event_id,
        least_person_id <> greatest_person_id as is_shared,
        case when least_person_id = greatest_person_id then least_person_id end as only_person_id
    from first_events_found

)

select * from browsers_described
