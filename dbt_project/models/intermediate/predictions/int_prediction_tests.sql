with

bands as (

    select * from {{ ref('int_prediction_bands') }}

),

weights as (

    select * from {{ ref('int_prediction_weights') }}

),

parts as (

    select * from {{ ref('int_prediction_parts') }}

),

lines as (

    select * from {{ ref('int_prediction_lines') }}

),

handoffs_judged as (

    {% for outcome in ['accepted', 'won'] -%}
        select
            '{{ outcome }}' as outcome,
            cast(date_trunc('quarter', case_date) as date) as handoff_quarter,
            case_id,
            score_points,
            case when {{ outcome }}_hit_date is not null then 1 else 0 end as hit
        from bands
        where
            {{ outcome }}_judged_date is not null
            and case_date > {{ add_days(as_of_date(), '-' ~ var('prediction_days')) }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

sets_counted as (

    select distinct
        outcome,
        learned_before,
        cases,
        hits
    from weights

),

log_odds_summed as (

    select
        outcome,
        case_id,
        max(base_log_odds) + sum(log_odds) as log_odds
    from parts
    where not is_open
    group by outcome, case_id

),

log_odds_found as (

    select
        handoffs_judged.outcome,
        handoffs_judged.handoff_quarter,
        handoffs_judged.case_id,
        handoffs_judged.hit,
        coalesce(sets_counted.cases, 0) as learned_handoffs,
        coalesce(sets_counted.hits, 0) as learned_hits,
        cast(log_odds_summed.log_odds as double) as prediction_log_odds,
        case
            when log_odds_summed.log_odds is not null
                then lines.intercept + lines.slope * handoffs_judged.score_points / cast(100 as double)
        end as rule_score_log_odds
    from handoffs_judged
    left join sets_counted
        on
            handoffs_judged.outcome = sets_counted.outcome
            and handoffs_judged.handoff_quarter = sets_counted.learned_before
    left join log_odds_summed
        on
            handoffs_judged.outcome = log_odds_summed.outcome
            and handoffs_judged.case_id = log_odds_summed.case_id
    left join lines
        on
            handoffs_judged.outcome = lines.outcome
            and handoffs_judged.handoff_quarter = lines.learned_before
            and lines.basis = 'rule_score'

),

chances_found as (

    {% for basis in ['prediction', 'rule_score'] -%}
        select
            outcome,
            handoff_quarter,
            '{{ basis }}' as basis,
            case_id,
            hit,
            learned_handoffs,
            learned_hits,
            round({{ basis }}_log_odds, 6) as log_odds,
            cast(round({{ chance_of(basis ~ '_log_odds') }}, 6) as decimal(9, 6)) as chance
        from log_odds_found
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from chances_found
