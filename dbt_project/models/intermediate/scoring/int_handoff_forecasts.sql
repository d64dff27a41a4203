with

handoff_deciles as (

    select * from {{ ref('int_handoff_deciles') }}

),

forecast_lines as (

    select * from {{ ref('int_forecast_lines') }}

),

-- decimals add up to the same sum in any order
points_on_lines_found as (

    select
        handoff_deciles.*,
        cast(
            acceptance_lines.intercept + acceptance_lines.slope * handoff_deciles.score_decile as decimal(18, 9)
        ) as acceptance_on_line,
        cast(
            win_lines.intercept + win_lines.slope * handoff_deciles.score_decile as decimal(18, 9)
        ) as win_on_line
    from handoff_deciles
    left join forecast_lines as acceptance_lines
        on
            acceptance_lines.question = 'acceptance'
            and handoff_deciles.handoff_month = acceptance_lines.handoff_month
    left join forecast_lines as win_lines
        on
            win_lines.question = 'win'
            and handoff_deciles.handoff_month = win_lines.handoff_month

),

chances_expected as (

    select
        handoff_id,
        score_at_handoff,
        score_decile,
        is_acceptance,
        is_win,
        is_win_known,
        case when acceptance_on_line is not null then greatest(0, least(1, acceptance_on_line)) end as expected_acceptance,
        case when win_on_line is not null then greatest(0, least(1, win_on_line)) end as expected_win
    from points_on_lines_found

)

select * from chances_expected
