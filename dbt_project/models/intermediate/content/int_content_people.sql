with

content_views as (

    select * from {{ ref('int_content_views') }}

),

qualifications as (

    select * from {{ ref('fct_qualifications') }}

),

views_in_window as (

    select * from content_views
    where occurred_date > {{ add_days(as_of_date(), '-' ~ var('content_days')) }}

),

people_listed as (

    select
        path_prefix,
        person_id,
        occurred_date
    from views_in_window
    where person_id is not null and path_prefix is not null
    union all
    select
        '*' as path_prefix,
        person_id,
        occurred_date
    from views_in_window
    where person_id is not null

),

first_touches_found as (

    select
        path_prefix,
        person_id,
        min(occurred_date) as first_date
    from people_listed
    group by path_prefix, person_id

),

first_spells_found as (

    select
        person_id,
        min(qualified_from) as qualified_from
    from qualifications
    group by person_id

),

-- whoever qualified up to the first touch is not judged, so that the first spell of all decides
people_judged as (

    select
        first_touches_found.path_prefix,
        {{ add_days('first_touches_found.first_date', var('content_qualification_days')) }} <= {{ as_of_date() }}
        and (
            first_spells_found.qualified_from is null
            or first_spells_found.qualified_from > first_touches_found.first_date
        ) as is_judged,
        coalesce(
            first_spells_found.qualified_from
            <= {{ add_days('first_touches_found.first_date', var('content_qualification_days')) }},
            false
        ) as is_qualified
    from first_touches_found
    left join first_spells_found
        on first_touches_found.person_id = first_spells_found.person_id

),

people_counted as (

    select
        path_prefix,
        count(*) as people,
        count(*) filter (where is_judged) as judged_people,
        count(*) filter (where is_judged and is_qualified) as qualified_after
    from people_judged
    group by path_prefix

)

select * from people_counted
