{{ config(materialized='incremental', unique_key='person_id', affected_by='int_rescored_persons') }}

with

qualifying_ranges as (

    select * from {{ ref('int_qualifying_ranges') }}

),

lead_scores as (

    select * from {{ ref('fct_lead_scores') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

days_covered as (

    select
        *,
        max(valid_to) over (
            partition by person_id
            order by valid_from
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from qualifying_ranges

),

spells_numbered as (

    select
        *,
        sum(
            case
                when
                    valid_from <= {{ add_days('covered_until', var('requalify_cooldown_days')) }}
                    then 0
                else 1
            end
        ) over (
            partition by person_id
            order by valid_from
            range between unbounded preceding and current row
        ) as spell_number
    from days_covered

),

spells_bounded as (

    select
        person_id,
        spell_number,
        min(valid_from) as qualified_from,
        max(valid_to) as qualified_to,
        min(valid_from) filter (where is_hand_raise) as hand_raised_from
    from spells_numbered
    group by person_id, spell_number

),

spells_described as (

    select
        spells_bounded.person_id,
        spells_bounded.qualified_from,
        case
            when spells_bounded.qualified_to <= {{ as_of_date() }} then spells_bounded.qualified_to
        end as qualified_to,
        case
            when spells_bounded.hand_raised_from = spells_bounded.qualified_from then 'hand_raise'
            else 'score'
        end as trigger,
        coalesce(lead_scores.behavior_score, 0) as score_at_entry,
        persons.fit_grade,
        persons.account_tier
    from spells_bounded
    inner join persons
        on spells_bounded.person_id = persons.person_id
    left join lead_scores
        on
            spells_bounded.person_id = lead_scores.person_id
            and spells_bounded.qualified_from >= lead_scores.valid_from
            and spells_bounded.qualified_from < coalesce(lead_scores.valid_to, {{ add_days(as_of_date(), 1) }})

)

select * from spells_described
