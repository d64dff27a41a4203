with

scenarios as (

    select * from {{ ref('scenarios') }}

),

scenarios_described as (

    select
        scenario_id,
        name_en,
        name_ja,
        goal_stage,
        goal_days
    from scenarios

)

select * from scenarios_described
