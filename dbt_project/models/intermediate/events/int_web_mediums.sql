with

web_matches as (

    select * from {{ ref('int_web_matches') }}

),

channel_map as (

    select * from {{ ref('channel_map') }}

),

mediums as (

    select distinct utm_medium
    from web_matches
    where utm_medium is not null

),

channels_mapped as (

    select
        mediums.utm_medium,
        coalesce(channel_map.channel, 'other') as channel
    from mediums
    left join channel_map
        on
            {{ folded('mediums.utm_medium') }} = channel_map.key
            and channel_map.feed = 'web'

)

select * from channels_mapped
