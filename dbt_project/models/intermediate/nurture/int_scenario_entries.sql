with

enrollments as (

    select * from {{ ref('int_enrollments') }}

),

scenarios as (

    select * from {{ ref('scenarios') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

rows_ranked as (

    select
        scenarios.scenario_id,
        scenarios.goal_stage,
        scenarios.goal_days,
        enrollments.person_id,
        enrollments.occurred_date,
        enrollments.action,
        enrollments.arm,
        row_number() over (
            partition by enrollments.scenario_id, enrollments.person_id, enrollments.action
            order by enrollments.occurred_at, enrollments.enrollment_id
        ) as rank_of_action,
        row_number() over (
            partition by enrollments.scenario_id, enrollments.person_id
            order by enrollments.occurred_at desc, enrollments.enrollment_id desc
        ) as rank_from_last
    from enrollments
    inner join scenarios
        on enrollments.scenario_id = scenarios.scenario_id
    where enrollments.person_id is not null

),

entries_found as (

    select
        scenario_id,
        goal_stage,
        goal_days,
        person_id,
        max(occurred_date) filter (where action = 'enter' and rank_of_action = 1) as entry_date,
        max(arm) filter (where action = 'enter' and rank_of_action = 1) as arm,
        bool_or(rank_from_last = 1 and action = 'enter') as is_still_in
    from rows_ranked
    group by scenario_id, goal_stage, goal_days, person_id

),

-- persons who only ever left are no entries
cycles_matched as (

    select
        entries_found.*,
        lead_cycles.closed_date,
        lead_cycles.cycle_number,
        case entries_found.goal_stage
            {% for stage in funnel_stages().split() -%}
                when '{{ stage }}' then lead_cycles.{{ stage }}_date
            {% endfor -%}
        end as goal_date,
        row_number() over (
            partition by entries_found.scenario_id, entries_found.person_id order by lead_cycles.cycle_number desc
        ) as rank_from_last
    from entries_found
    left join lead_cycles
        on
            entries_found.person_id = lead_cycles.person_id
            and entries_found.entry_date >= lead_cycles.started_date
    where entries_found.entry_date is not null

),

fates_assigned as (

    select
        scenario_id,
        person_id,
        arm,
        entry_date,
        is_still_in,
        goal_date,
        {{ add_days('entry_date', 'goal_days') }} as goal_deadline,
        case
            when cycle_number is null or closed_date <= entry_date then 'in_no_cycle'
            when goal_date <= entry_date then 'already'
            when {{ add_days('entry_date', 'goal_days') }} > {{ as_of_date() }} then 'not_mature'
            else 'judged'
        end as fate
    from cycles_matched
    where rank_from_last = 1

),

goals_compared as (

    select
        *,
        fate = 'judged' and coalesce(goal_date <= goal_deadline, false) as is_reached
    from fates_assigned

)

select * from goals_compared
