with

content_catalog as (

    select * from {{ ref('content_catalog') }}

),

content_views as (

    select * from {{ ref('int_content_views') }}

),

content_visitors as (

    select * from {{ ref('int_content_visitors') }}

),

content_people as (

    select * from {{ ref('int_content_people') }}

),

contents_listed as (

    select
        path_prefix,
        content_type,
        topic,
        buying_stage
    from content_catalog
    union all
    select
        '*' as path_prefix,
        cast(null as {{ dbt.type_string() }}) as content_type,
        cast(null as {{ dbt.type_string() }}) as topic,
        cast(null as {{ dbt.type_string() }}) as buying_stage

),

views_by_entry as (

    select
        path_prefix,
        sum(views) as views
    from content_views
    where occurred_date > {{ add_days(as_of_date(), '-' ~ var('content_days')) }}
    group by path_prefix

),

views_summed as (

    select
        path_prefix,
        views
    from views_by_entry
    where path_prefix is not null
    union all
    select
        '*' as path_prefix,
        sum(views) as views
    from views_by_entry

),

figures_joined as (

    select
        contents_listed.path_prefix,
        contents_listed.content_type,
        contents_listed.topic,
        contents_listed.buying_stage,
        cast(coalesce(views_summed.views, 0) as bigint) as views,
        coalesce(content_visitors.visitors, 0) as visitors,
        coalesce(content_visitors.unnamed_visitors, 0) as unnamed_visitors,
        coalesce(content_visitors.named, 0) as named,
        coalesce(content_people.people, 0) as people,
        coalesce(content_people.judged_people, 0) as judged_people,
        coalesce(content_people.qualified_after, 0) as qualified_after
    from contents_listed
    left join views_summed
        on contents_listed.path_prefix = views_summed.path_prefix
    left join content_visitors
        on contents_listed.path_prefix = content_visitors.path_prefix
    left join content_people
        on contents_listed.path_prefix = content_people.path_prefix

),

rates_added as (

    select
        path_prefix,
        content_type,
        topic,
        buying_stage,
        views,
        visitors,
        unnamed_visitors,
        named,
        {{ share_of('named', 'unnamed_visitors') }} as naming_rate,
        {{ wilson_bound('named', 'unnamed_visitors', 'low') }} as naming_rate_low,
        {{ wilson_bound('named', 'unnamed_visitors', 'high') }} as naming_rate_high,
        people,
        judged_people,
        qualified_after,
        {{ share_of('qualified_after', 'judged_people') }} as qualified_rate,
        {{ wilson_bound('qualified_after', 'judged_people', 'low') }} as qualified_rate_low,
        {{ wilson_bound('qualified_after', 'judged_people', 'high') }} as qualified_rate_high
    from figures_joined

)

select * from rates_added
