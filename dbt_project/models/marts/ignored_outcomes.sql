{% set sides = {'accepted': 'not is_ignored', 'ignored': 'is_ignored'} %}

with

handoff_wins as (

    select * from {{ ref('int_handoff_wins') }}

),

handoffs_counted as (

    select
        {% for side, condition in sides.items() -%}
            count(*) filter (where {{ condition }}) as {{ side }}_handoffs,
            count(*) filter (where {{ condition }} and is_won) as {{ side }}_won,
            coalesce(sum(won_amount) filter (where {{ condition }}), 0) as {{ side }}_won_amount,
        {% endfor -%}
        handoff_quarter,
        fit_grade
    from handoff_wins
    group by handoff_quarter, fit_grade

),

rates_added as (

    select
        *,
        {{ share_of('accepted_won', 'accepted_handoffs') }} as accepted_win_rate,
        {{ wilson_bound('accepted_won', 'accepted_handoffs', 'low') }} as accepted_win_rate_low,
        {{ wilson_bound('accepted_won', 'accepted_handoffs', 'high') }} as accepted_win_rate_high,
        {{ share_of('ignored_won', 'ignored_handoffs') }} as ignored_win_rate,
        {{ wilson_bound('ignored_won', 'ignored_handoffs', 'low') }} as ignored_win_rate_low,
        {{ wilson_bound('ignored_won', 'ignored_handoffs', 'high') }} as ignored_win_rate_high
    from handoffs_counted

),

losses_estimated as (

    select
        handoff_quarter,
        fit_grade,
        {% for side in sides -%}
            {{ side }}_handoffs,
            {{ side }}_won,
            cast({{ side }}_won_amount as decimal(38, 2)) as {{ side }}_won_amount,
            {{ side }}_win_rate,
            {{ side }}_win_rate_low,
            {{ side }}_win_rate_high,
        {% endfor -%}
        ignored_handoffs * (accepted_win_rate - ignored_win_rate) as lost_wins,
        ignored_handoffs * ({{ newcombe_bound('accepted_win_rate', 'ignored_win_rate', 'low') }}) as lost_wins_low,
        ignored_handoffs * ({{ newcombe_bound('accepted_win_rate', 'ignored_win_rate', 'high') }}) as lost_wins_high,
        ignored_handoffs
        * (accepted_win_rate - ignored_win_rate)
        * {{ share_of('accepted_won_amount', 'accepted_won') }} as lost_amount
    from rates_added

)

select * from losses_estimated
