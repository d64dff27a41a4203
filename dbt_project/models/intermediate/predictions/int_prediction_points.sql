with

tests as (

    select * from {{ ref('int_prediction_tests') }}

),

-- each quarter, and all that were predicted together
groups_listed as (

    select * from tests
    union all
    select
        outcome,
        cast(null as date) as handoff_quarter,
        basis,
        case_id,
        hit,
        cast(null as bigint) as learned_handoffs,
        cast(null as bigint) as learned_hits,
        log_odds,
        chance
    from tests
    where chance is not null

),

points_counted as (

    select
        outcome,
        handoff_quarter,
        basis,
        log_odds as x,
        chance,
        max(learned_handoffs) as learned_handoffs,
        max(learned_hits) as learned_hits,
        count(*) as cases,
        sum(hit) as hits,
        sum((chance - hit) * (chance - hit)) as squared_errors
    from groups_listed
    group by outcome, handoff_quarter, basis, log_odds, chance

),

-- how many come before a point, and its own half: equal chances stay together
points_placed as (

    select
        *,
        sum(cases) over (partition by outcome, handoff_quarter, basis) as all_cases,
        sum(cases) over (partition by outcome, handoff_quarter, basis order by x) - cases / cast(2 as double) as place,
        sum(cases - hits) over (partition by outcome, handoff_quarter, basis order by x)
        - (cases - hits) / cast(2 as double) as misses_below
    from points_counted

),

deciles_assigned as (

    select
        *,
        case when chance is not null then cast(floor(place / all_cases * 10) + 1 as bigint) end as chance_decile
    from points_placed

)

select * from deciles_assigned
