with

web_events as (

    select * from {{ ref('int_web_events') }}

),

agents_counted as (

    select
        {{ month_of('occurred_date') }} as month,
        agent_kind as kind,
        agent,
        count(*) as events,
        count(distinct page_path) as pages
    from web_events
    where agent_kind <> 'human'
    group by {{ month_of('occurred_date') }}, agent_kind, agent

)

select * from agents_counted
