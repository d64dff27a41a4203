with

leads as (

    select * from {{ ref('dim_leads') }}

),

lead_handoffs as (

    select * from {{ ref('int_lead_handoffs') }}

),

handoffs_ranked as (

    select
        *,
        row_number() over (partition by person_id, cycle_number order by handed_off_at asc) = 1 as is_first
    from lead_handoffs

),

-- what came of each case within one and the same time: one case per cycle, whoever was handed over twice
cases_classified as (

    select
        fit_grade,
        {{ score_band_floor('score_at_handoff') }} as score_from,
        {{ add_days('handed_off_date', var('win_wait_days')) }} <= {{ as_of_date() }} as is_decided,
        coalesce(won_date <= {{ add_days('handed_off_date', var('win_wait_days')) }}, false) as is_won_in_time,
        amount
    from handoffs_ranked
    where is_first

),

cases_counted as (

    select
        fit_grade,
        score_from,
        count(*) as cases,
        count(*) filter (where is_decided) as decided_cases,
        count(*) filter (where is_decided and is_won_in_time) as wins,
        sum(amount) filter (where is_decided and is_won_in_time) as won_amount
    from cases_classified
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
    where not is_customer
    group by fit_grade, {{ score_band_floor('behavior_score') }}

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

)

select * from cells_joined
