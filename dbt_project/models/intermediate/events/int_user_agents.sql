with

web_matches as (

    select * from {{ ref('int_web_matches') }}

),

machine_agents as (

    select * from {{ ref('machine_agents') }}

),

user_agents as (

    select distinct
        user_agent,
        {{ lowered('user_agent') }} as lowered_agent
    from web_matches
    where user_agent is not null

),

-- an exception counts before what it is an exception from
agents_ranked as (

    select
        user_agents.user_agent,
        machine_agents.agent,
        machine_agents.kind,
        row_number() over (
            partition by user_agents.user_agent
            order by machine_agents.kind = 'human' desc, length(machine_agents.agent) desc, machine_agents.agent asc
        ) as agent_rank
    from user_agents
    inner join machine_agents
        on {{ contains_text('user_agents.lowered_agent', 'machine_agents.agent') }}

),

bots_flagged as (

    select
        user_agents.user_agent,
        case
            when agents_ranked.kind is not null then agents_ranked.kind <> 'human'
            else {{ matches_pattern('user_agents.user_agent', var('bot_pattern'), ignore_case=true) }}
        end as is_bot,
        agents_ranked.kind,
        agents_ranked.agent
    from user_agents
    left join agents_ranked
        on
            user_agents.user_agent = agents_ranked.user_agent
            and agents_ranked.agent_rank = 1

)

select * from bots_flagged
