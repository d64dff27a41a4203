{% set sums = ['handoffs', 'decile_sum', 'decile_squares', 'hits', 'decile_hits'] %}

with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

-- a customer's hand-offs are in no cycle: nothing can be won from them
judged_handoffs as (

    select
        handoffs.handoff_id,
        handoffs.score_at_handoff,
        {{ month_of('handoffs.handed_off_date') }} as handoff_month,
        handoffs.acceptance_deadline,
        {{ local_date('handoffs.accepted_at') }} as accepted_date,
        {{ add_days('handoffs.handed_off_date', var('win_wait_days')) }} as win_deadline,
        handoffs.outcome in ('accepted', 'accepted_late') as is_acceptance,
        coalesce(
            lead_cycles.won_date <= {{ add_days('handoffs.handed_off_date', var('win_wait_days')) }}, false
        ) as is_win
    from handoffs
    inner join lead_cycles
        on
            handoffs.person_id = lead_cycles.person_id
            and handoffs.cycle_number = lead_cycles.cycle_number
    where
        handoffs.is_mature
        and handoffs.outcome <> 'withdrawn'

),

scores_counted as (

    select
        score_at_handoff,
        count(*) as handoffs
    from judged_handoffs
    group by score_at_handoff

),

scores_placed as (

    select
        score_at_handoff,
        (
            sum(handoffs) over (order by score_at_handoff rows between unbounded preceding and current row)
            - handoffs / cast(2 as double)
        ) / sum(handoffs) over () as place
    from scores_counted

),

-- equal scores stay together, in the decile that holds the middle of them
deciles_assigned as (

    select
        judged_handoffs.*,
        cast(floor(scores_placed.place * 10) + 1 as bigint) as score_decile,
        judged_handoffs.win_deadline <= {{ as_of_date() }} as is_win_known
    from judged_handoffs
    inner join scores_placed
        on judged_handoffs.score_at_handoff = scores_placed.score_at_handoff

),

-- what became known, and on which day
facts_dated as (

    select
        'acceptance' as question,
        acceptance_deadline as known_date,
        score_decile,
        1 as handoffs,
        0 as hits
    from deciles_assigned
    union all
    select
        'acceptance' as question,
        greatest(acceptance_deadline, accepted_date) as known_date,
        score_decile,
        0 as handoffs,
        1 as hits
    from deciles_assigned
    where is_acceptance
    union all
    select
        'win' as question,
        win_deadline as known_date,
        score_decile,
        1 as handoffs,
        case when is_win then 1 else 0 end as hits
    from deciles_assigned
    where is_win_known

),

facts_summed_to_month as (

    select
        question,
        {{ month_of('known_date') }} as known_month,
        sum(handoffs) as handoffs,
        sum(handoffs * score_decile) as decile_sum,
        sum(handoffs * score_decile * score_decile) as decile_squares,
        sum(hits) as hits,
        sum(hits * score_decile) as decile_hits
    from facts_dated
    group by question, {{ month_of('known_date') }}

),

handoff_months as (

    select distinct handoff_month
    from deciles_assigned

),

-- a hand-off is judged by what was known when its month began
facts_known_before_month as (

    select
        {% for column in sums %}
            cast(sum(facts_summed_to_month.{{ column }}) as double) as {{ column }},
        {% endfor %}
        facts_summed_to_month.question,
        handoff_months.handoff_month
    from handoff_months
    inner join facts_summed_to_month
        on handoff_months.handoff_month > facts_summed_to_month.known_month
    group by facts_summed_to_month.question, handoff_months.handoff_month

),

slopes_fitted as (

    select
        *,
        coalesce(
            (handoffs * decile_hits - decile_sum * hits) / nullif(handoffs * decile_squares - decile_sum * decile_sum, 0),
            0
        ) as slope
    from facts_known_before_month
    where handoffs >= {{ var('smallest_group') }}

),

lines_fitted as (

    select
        question,
        handoff_month,
        slope,
        (hits - slope * decile_sum) / handoffs as intercept
    from slopes_fitted

),

-- decimals add up to the same sum in any order
points_on_lines_found as (

    select
        deciles_assigned.*,
        cast(
            acceptance_lines.intercept + acceptance_lines.slope * deciles_assigned.score_decile as decimal(18, 9)
        ) as acceptance_on_line,
        cast(
            win_lines.intercept + win_lines.slope * deciles_assigned.score_decile as decimal(18, 9)
        ) as win_on_line
    from deciles_assigned
    left join lines_fitted as acceptance_lines
        on
            acceptance_lines.question = 'acceptance'
            and deciles_assigned.handoff_month = acceptance_lines.handoff_month
    left join lines_fitted as win_lines
        on
            win_lines.question = 'win'
            and deciles_assigned.handoff_month = win_lines.handoff_month

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
