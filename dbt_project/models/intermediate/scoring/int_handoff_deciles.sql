with

lead_handoffs as (

    select * from {{ ref('int_lead_handoffs') }}

),

mature_handoffs as (

    select
        handoff_id,
        score_at_handoff,
        {{ month_of('handed_off_date') }} as handoff_month,
        acceptance_deadline,
        {{ local_date('accepted_at') }} as accepted_date,
        {{ add_days('handed_off_date', var('win_wait_days')) }} as win_deadline,
        won_date,
        outcome in ('accepted', 'accepted_late') as is_acceptance
    from lead_handoffs
    where is_mature

),

scores_counted as (

    select
        score_at_handoff,
        count(*) as handoffs
    from mature_handoffs
    group by score_at_handoff

),

scores_placed as (

    select
        score_at_handoff,
        (
            sum(handoffs) over (order by score_at_handoff rows between unbounded preceding and current row)
            - handoffs / cast(2 as double)
        ) / (select count(*) from mature_handoffs) as place
    from scores_counted

),

-- equal scores stay together, in the decile that holds the middle of them
deciles_assigned as (

    select
        mature_handoffs.handoff_id,
        mature_handoffs.score_at_handoff,
        mature_handoffs.handoff_month,
        cast(floor(scores_placed.place * 10) + 1 as bigint) as score_decile,
        mature_handoffs.acceptance_deadline,
        mature_handoffs.accepted_date,
        mature_handoffs.win_deadline,
        mature_handoffs.is_acceptance,
        coalesce(mature_handoffs.won_date <= mature_handoffs.win_deadline, false) as is_win,
        mature_handoffs.win_deadline <= {{ as_of_date() }} as is_win_known
    from mature_handoffs
    inner join scores_placed
        on mature_handoffs.score_at_handoff = scores_placed.score_at_handoff

)

select * from deciles_assigned
