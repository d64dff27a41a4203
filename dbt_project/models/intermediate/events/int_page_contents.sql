with

web_events as (

    select * from {{ ref('int_web_events') }}

),

affected_persons as (

    select * from {{ ref('int_affected_persons') }}

),

affected_browsers as (

    select * from {{ ref('int_affected_browsers') }}

),

content_catalog as (

    select * from {{ ref('content_catalog') }}

),

prefixes as (

    select
        path_prefix,
        {{ replace_pattern('path_prefix', '/$', '') }} as whole_segments,
        content_type,
        topic,
        buying_stage
    from content_catalog

),

paths as (

    select distinct page_path
    from web_events
    where
        page_path is not null
        and (
            {{ is_affected('browser_id', 'affected_browsers') }}
            or (person_id is not null and {{ is_affected('person_id', 'affected_persons') }})
            or (person_id is null and occurred_date > {{ add_days(as_of_date(), '-' ~ var('visitor_days')) }})
        )

),

matches_ranked as (

    select
        paths.page_path,
        prefixes.path_prefix,
        prefixes.content_type,
        prefixes.topic,
        prefixes.buying_stage,
        row_number() over (
            partition by paths.page_path order by length(prefixes.path_prefix) desc, prefixes.path_prefix
        ) as match_rank
    from paths
    inner join prefixes
        on
            prefixes.path_prefix = '/'
            or paths.page_path = prefixes.whole_segments
            or {{ starts_with_text('paths.page_path', "prefixes.whole_segments || '/'") }}

),

longest_matches as (

    select
        page_path,
        path_prefix,
        content_type,
        topic,
        buying_stage
    from matches_ranked
    where match_rank = 1

)

select * from longest_matches
