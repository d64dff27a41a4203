with

leads as (

    select * from {{ ref('dim_leads') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

qualification_rules as (

    select * from {{ ref('qualification_rules') }}

),

handoffs_ranked as (

    select
        *,
        row_number() over (partition by person_id, cycle_number order by handed_off_at asc) = 1 as is_first
    from handoffs
    where cycle_number is not null and outcome <> 'withdrawn'

),

-- what came of each case within one and the same time: one case per cycle, whoever was handed over twice
cases_told as (

    select
        handoffs_ranked.fit_grade,
        {{ score_band_floor('handoffs_ranked.score_at_handoff') }} as score_from,
        {{ add_days('handoffs_ranked.handed_off_date', var('win_wait_days')) }} <= {{ as_of_date() }} as is_decided,
        coalesce(
            lead_cycles.won_date <= {{ add_days('handoffs_ranked.handed_off_date', var('win_wait_days')) }}, false
        ) as is_won_in_time,
        lead_cycles.amount
    from handoffs_ranked
    inner join lead_cycles
        on
            handoffs_ranked.person_id = lead_cycles.person_id
            and handoffs_ranked.cycle_number = lead_cycles.cycle_number
    where handoffs_ranked.is_first

),

cases_counted as (

    select
        fit_grade,
        score_from,
        count(*) as cases,
        count(*) filter (where is_decided) as decided_cases,
        count(*) filter (where is_decided and is_won_in_time) as wins,
        sum(amount) filter (where is_decided and is_won_in_time) as won_amount
    from cases_told
    group by fit_grade, score_from

),

people_counted as (

    select
        fit_grade,
        {{ score_band_floor('behavior_score') }} as score_from,
        count(*) as people,
        count(*) filter (where owner = 'sales') as people_with_sales,
        count(*) filter (where owner = 'marketing' and is_contactable and not is_excluded) as people_to_hand_over,
        count(*) filter (where owner = 'sales' and stage = 'handed_off') as people_to_give_back
    from leads
    where stage <> 'won'
    group by fit_grade, {{ score_band_floor('behavior_score') }}

),

overall_rate as (

    select {{ share_of('sum(wins)', 'sum(decided_cases)') }} as overall_win_rate
    from cases_counted

),

cells_joined as (

    select
        coalesce(people_counted.fit_grade, cases_counted.fit_grade) as fit_grade,
        coalesce(people_counted.score_from, cases_counted.score_from) as score_from,
        coalesce(people_counted.people, 0) as people,
        coalesce(people_counted.people_with_sales, 0) as people_with_sales,
        coalesce(people_counted.people_to_hand_over, 0) as people_to_hand_over,
        coalesce(people_counted.people_to_give_back, 0) as people_to_give_back,
        coalesce(cases_counted.cases, 0) as cases,
        coalesce(cases_counted.decided_cases, 0) as decided_cases,
        coalesce(cases_counted.wins, 0) as wins,
        cast(coalesce(cases_counted.won_amount, 0) as decimal(38, 2)) as won_amount
    from people_counted
    full outer join cases_counted
        on
            people_counted.fit_grade = cases_counted.fit_grade
            and people_counted.score_from is not distinct from cases_counted.score_from

),

rates_added as (

    select
        cells_joined.*,
        {{ next_score_band_floor('cells_joined.score_from') }} as score_to,
        {{ share_of('cells_joined.wins', 'cells_joined.decided_cases') }} as win_rate,
        {{ wilson_bound('cells_joined.wins', 'cells_joined.decided_cases', 'low') }} as win_rate_low,
        {{ wilson_bound('cells_joined.wins', 'cells_joined.decided_cases', 'high') }} as win_rate_high,
        {{ share_of('cells_joined.won_amount', 'cells_joined.decided_cases') }} as expected_value,
        overall_rate.overall_win_rate,
        coalesce(cells_joined.score_from >= qualification_rules.min_score, false) as is_above_threshold
    from cells_joined
    cross join overall_rate
    left join qualification_rules
        on cells_joined.fit_grade = qualification_rules.fit_grade

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
