with

bands as (

    select * from {{ ref('int_prediction_bands') }}

),

factors as (

    select * from {{ ref('int_prediction_factors') }}

),

handoffs_judged as (

    {% for outcome in ['accepted', 'won'] -%}
        select
            *,
            '{{ outcome }}' as outcome,
            cast(date_trunc('quarter', case_date) as date) as handoff_quarter,
            case when {{ outcome }}_hit_date is not null then 1 else 0 end as hit
        from bands
        where
            {{ outcome }}_judged_date is not null
            and case_date > {{ add_days(as_of_date(), '-' ~ var('prediction_days')) }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

{{ listed_bands('handoffs_judged', ['outcome', 'handoff_quarter', 'case_id', 'score_points', 'hit']) }},

log_odds_summed as (

    select
        bands_listed.outcome,
        bands_listed.handoff_quarter,
        bands_listed.case_id,
        bands_listed.score_points,
        bands_listed.hit,
        coalesce(sum(factors.log_odds), 0) as log_odds
    from bands_listed
    left join factors
        on
            bands_listed.outcome = factors.outcome
            and bands_listed.handoff_quarter = factors.learned_before
            and bands_listed.attribute = factors.attribute
            and bands_listed.band = factors.band
    group by
        bands_listed.outcome, bands_listed.handoff_quarter, bands_listed.case_id, bands_listed.score_points, bands_listed.hit

),

sets_learned as (

    select distinct
        outcome,
        learned_before,
        learned_handoffs,
        learned_hits,
        base_log_odds,
        rule_intercept,
        rule_slope
    from factors

),

log_odds_found as (

    {% for basis, log_odds in [
        ('prediction', 'cast(sets_learned.base_log_odds + log_odds_summed.log_odds as double)'),
        ('rule_score', 'sets_learned.rule_intercept + sets_learned.rule_slope * log_odds_summed.score_points / 100')
    ] -%}
        select
            log_odds_summed.outcome,
            log_odds_summed.handoff_quarter,
            '{{ basis }}' as basis,
            log_odds_summed.case_id,
            log_odds_summed.hit,
            coalesce(sets_learned.learned_handoffs, 0) as learned_handoffs,
            coalesce(sets_learned.learned_hits, 0) as learned_hits,
            case
                when sets_learned.learned_handoffs >= {{ var('fewest_prediction_outcomes') }} then round({{ log_odds }}, 9)
            end as log_odds
        from log_odds_summed
        left join sets_learned
            on
                log_odds_summed.outcome = sets_learned.outcome
                and log_odds_summed.handoff_quarter = sets_learned.learned_before
        {{ "union all" if not loop.last }}
    {% endfor %}

),

chances_found as (

    select
        *,
        cast(round({{ chance_of('log_odds') }}, 6) as decimal(9, 6)) as chance
    from log_odds_found

)

select * from chances_found
