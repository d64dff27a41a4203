with

-- those of replaced rows too, which nothing looks up
web_events as (

    select * from {{ affected_or_all(ref('int_affected_web_events'), source('raw', 'web_events')) }}

),

urls as (

    select page_url as url from web_events
    where page_url is not null
    union
    select referrer as url from web_events
    where referrer is not null

),

paths_found as (

    select
        url,
        {{ host_of_url('url') }} as host,
        {{ path_of_url('url') }} as url_path
    from urls

),

urls_read as (

    select
        url,
        host,
        {{ page_path('url_path') }} as page_path
    from paths_found

)

select * from urls_read
