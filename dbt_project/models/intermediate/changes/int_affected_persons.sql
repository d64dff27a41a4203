with

changed_persons as (

    select * from {{ ref('int_changed_persons') }}

),

affected_browsers as (

    select * from {{ ref('int_affected_browsers') }}

),

owners_before as (

    select * from {{ ref('int_owners_before') }}

),

web_events as (

    select * from {{ ref('int_web_events') }}

),

-- an address among the persons names nobody and does no harm
affected_recipients as (

    select * from {{ ref('int_affected_recipients') }}

),

offline_events as (

    {{ changed_rows(ref('int_offline_events')) }}

),

dispositions as (

    {{ changed_rows(ref('int_dispositions')) }}

),

persons_found as (

    select person_id from changed_persons
    where has_other_created_at
    union
    select person_id from owners_before
    union
    select person_id from web_events
    where {{ incremental_only() }} and browser_id in (select browser_id from affected_browsers)
    union
    select recipient as person_id from affected_recipients
    union
    select person_id from offline_events
    union
    select person_id from dispositions

),

persons_listed as (

    select person_id
    from persons_found
    where person_id is not null

)

select * from persons_listed
