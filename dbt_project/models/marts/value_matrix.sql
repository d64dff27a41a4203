with

value_cells as (

    select * from {{ ref('int_value_cells') }}

),

qualification_rules as (

    select * from {{ ref('qualification_rules') }}

),

all_cells as (

    select {{ share_of('sum(wins)', 'sum(decided_cases)') }} as overall_win_rate
    from value_cells

),

rates_added as (

    select
        value_cells.*,
        {{ next_score_band_floor('value_cells.score_from') }} as score_to,
        {{ share_of('value_cells.wins', 'value_cells.decided_cases') }} as win_rate,
        {{ wilson_bound('value_cells.wins', 'value_cells.decided_cases', 'low') }} as win_rate_low,
        {{ wilson_bound('value_cells.wins', 'value_cells.decided_cases', 'high') }} as win_rate_high,
        {{ share_of('value_cells.won_amount', 'value_cells.decided_cases') }} as expected_value,
        (select overall_win_rate from all_cells) as overall_win_rate,
        coalesce(value_cells.score_from >= qualification_rules.min_score, false) as is_above_threshold
    from value_cells
    left join qualification_rules
        on value_cells.fit_grade = qualification_rules.fit_grade

),

-- chance alone overrules no rule
rates_judged as (

    select
        *,
        decided_cases >= {{ var('fewest_win_cases') }} and win_rate_low > overall_win_rate as is_clearly_more,
        decided_cases >= {{ var('fewest_win_cases') }} and win_rate_high < overall_win_rate as is_clearly_less
    from rates_added

),

owners_suggested as (

    select
        *,
        case when is_clearly_more or (is_above_threshold and not is_clearly_less) then 'sales' else 'marketing' end
            as suggested_owner,
        case when is_clearly_more or is_clearly_less then 'win_rate' else 'rules' end as suggested_by
    from rates_judged

),

cells_described as (

    select
        case
            when score_from is null then '< ' || cast(score_to as {{ dbt.type_string() }})
            when score_to is null then cast(score_from as {{ dbt.type_string() }}) || '+'
            else
                cast(score_from as {{ dbt.type_string() }})
                || ' - '
                || cast(score_to - 1 as {{ dbt.type_string() }})
        end as score_band,
        score_from,
        score_to,
        fit_grade,
        people,
        people - people_with_sales as people_with_marketing,
        people_with_sales,
        cases,
        decided_cases,
        wins,
        won_amount,
        win_rate,
        win_rate_low,
        win_rate_high,
        overall_win_rate,
        expected_value,
        suggested_owner,
        suggested_by,
        case
            when suggested_owner = 'sales' then people_to_hand_over
            else people_to_give_back
        end as people_with_other_side
    from owners_suggested

)

select * from cells_described
