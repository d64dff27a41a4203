with

content_views as (

    select * from {{ ref('int_content_views') }}

),

views_in_window as (

    select * from content_views
    where occurred_date > {{ add_days(as_of_date(), '-' ~ var('content_days')) }}

),

visitors_listed as (

    select
        path_prefix,
        browser_id,
        occurred_date,
        first_viewed_at,
        named_at,
        is_before_naming
    from views_in_window
    where is_visitor and path_prefix is not null
    union all
    select
        '*' as path_prefix,
        browser_id,
        occurred_date,
        first_viewed_at,
        named_at,
        is_before_naming
    from views_in_window
    where is_visitor

),

first_sights_found as (

    select
        path_prefix,
        browser_id,
        min(occurred_date) as first_date,
        min(first_viewed_at) as first_viewed_at,
        min(named_at) as named_at,
        bool_or(is_before_naming) and {{ add_days('min(occurred_date)', var('naming_days')) }} <= {{ as_of_date() }}
            as is_unnamed
    from visitors_listed
    group by path_prefix, browser_id

),

visitors_counted as (

    select
        path_prefix,
        count(*) as visitors,
        count(*) filter (where is_unnamed) as unnamed_visitors,
        count(*) filter (
            where
            is_unnamed
            and {{ microseconds_between('first_viewed_at', 'named_at') }} <= {{ var('naming_days') }} * cast(86400000000 as bigint)
        ) as named
    from first_sights_found
    group by path_prefix

)

select * from visitors_counted
