with

handoff_forecasts as (

    select * from {{ ref('int_handoff_forecasts') }}

),

deciles_counted as (

    select
        score_decile,
        min(score_at_handoff) as min_score,
        max(score_at_handoff) as max_score,
        count(*) as handoffs,
        count(*) filter (where is_acceptance) as accepted,
        count(*) filter (where not is_acceptance) as ignored,
        count(expected_acceptance) as acceptance_forecasts,
        {{ share_of('sum(expected_acceptance)', 'count(expected_acceptance)') }} as expected_acceptance_rate,
        {{ share_of('count(*) filter (where is_acceptance and expected_acceptance is not null)',
                    'count(expected_acceptance)') }} as forecast_acceptance_rate,
        count(*) filter (where is_win_known) as win_handoffs,
        count(*) filter (where is_win_known and is_win) as wins,
        count(expected_win) filter (where is_win_known) as win_forecasts,
        {{ share_of('sum(expected_win) filter (where is_win_known)',
                    'count(expected_win) filter (where is_win_known)') }} as expected_win_rate,
        {{ share_of('count(*) filter (where is_win_known and is_win and expected_win is not null)',
                    'count(expected_win) filter (where is_win_known)') }} as forecast_win_rate
    from handoff_forecasts
    group by score_decile

),

rates_added as (

    select
        score_decile,
        min_score,
        max_score,
        handoffs,
        accepted,
        {{ share_of('accepted', 'handoffs') }} as acceptance_rate,
        {{ wilson_bound('accepted', 'handoffs', 'low') }} as acceptance_rate_low,
        {{ wilson_bound('accepted', 'handoffs', 'high') }} as acceptance_rate_high,
        acceptance_forecasts,
        expected_acceptance_rate,
        forecast_acceptance_rate - expected_acceptance_rate as acceptance_gap,
        win_handoffs,
        wins,
        {{ share_of('wins', 'win_handoffs') }} as win_rate,
        {{ wilson_bound('wins', 'win_handoffs', 'low') }} as win_rate_low,
        {{ wilson_bound('wins', 'win_handoffs', 'high') }} as win_rate_high,
        win_forecasts,
        expected_win_rate,
        forecast_win_rate - expected_win_rate as win_gap,
        case when score_decile >= {{ var('good_from_decile') }} then ignored else 0 end as ignored_good_leads,
        case when score_decile <= {{ var('junk_to_decile') }} then ignored else 0 end as handed_over_junk,
        handoffs < {{ var('smallest_group') }} as is_small,
        win_handoffs < {{ var('smallest_group') }} as is_win_small
    from deciles_counted

)

select * from rates_added
