with

scenarios as (

    select * from {{ ref('scenarios') }}

),

scenario_entries as (

    select * from {{ ref('int_scenario_entries') }}

),

arms_listed as (

    {% for arm in ['treated', 'holdout'] -%}
        select
            scenario_id,
            '{{ arm }}' as arm
        from scenarios
        {{ "union all" if not loop.last }}
    {% endfor %}

),

entries_counted as (

    select
        arms_listed.scenario_id,
        arms_listed.arm,
        count(scenario_entries.person_id) as entered,
        {% for fate in ['in_no_cycle', 'already', 'not_mature', 'judged'] -%}
            count(*) filter (where scenario_entries.fate = '{{ fate }}') as {{ fate }},
        {% endfor -%}
        count(*) filter (where scenario_entries.is_reached) as reached,
        count(*) filter (where scenario_entries.is_still_in) as still_in
    from arms_listed
    left join scenario_entries
        on
            arms_listed.scenario_id = scenario_entries.scenario_id
            and arms_listed.arm = scenario_entries.arm
    group by arms_listed.scenario_id, arms_listed.arm

),

rates_added as (

    select
        *,
        {{ share_of('reached', 'judged') }} as reach_rate,
        {{ wilson_bound('reached', 'judged', 'low') }} as reach_rate_low,
        {{ wilson_bound('reached', 'judged', 'high') }} as reach_rate_high
    from entries_counted

),

effects_added as (

    select
        rates_added.*,
        rates_added.reach_rate - holdouts.reach_rate as effect,
        {{ newcombe_bound('rates_added.reach_rate', 'holdouts.reach_rate', 'low') }} as effect_low,
        {{ newcombe_bound('rates_added.reach_rate', 'holdouts.reach_rate', 'high') }} as effect_high
    from rates_added
    left join rates_added as holdouts
        on
            rates_added.scenario_id = holdouts.scenario_id
            and rates_added.arm = 'treated'
            and holdouts.arm = 'holdout'

)

select * from effects_added
