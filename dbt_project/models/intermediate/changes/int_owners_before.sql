with

affected_browsers as (

    select * from {{ ref('int_affected_browsers') }}

),

events_before as (

    {{ rows_of_last_build('int_web_events', ['browser_id', 'person_id']) }}

),

owners_found as (

    select distinct person_id
    from events_before
    where
        person_id is not null
        and browser_id in (select browser_id from affected_browsers)

)

select * from owners_found
