with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

handoffs_judged as (

    select
        handoff_id,
        person_id,
        handed_off_at,
        cast(date_trunc('quarter', handed_off_date) as date) as handoff_quarter,
        fit_grade,
        is_ignored,
        {{ add_days('handed_off_date', var('win_wait_days')) }} as last_date
    from handoffs
    where
        is_mature
        and outcome <> 'withdrawn'
        and {{ add_days('handed_off_date', var('win_wait_days')) }} <= {{ as_of_date() }}

),

wins_matched as (

    select
        handoffs_judged.handoff_quarter,
        handoffs_judged.fit_grade,
        handoffs_judged.handoff_id,
        handoffs_judged.is_ignored,
        dispositions.disposition_id is not null as is_won,
        coalesce(dispositions.amount, 0) as won_amount,
        row_number() over (
            partition by handoffs_judged.handoff_id order by dispositions.occurred_at, dispositions.disposition_id
        ) as win_rank
    from handoffs_judged
    left join dispositions
        on
            handoffs_judged.person_id = dispositions.person_id
            and dispositions.disposition = 'won'
            and handoffs_judged.handed_off_at <= dispositions.occurred_at
            and handoffs_judged.last_date >= dispositions.occurred_date

),

first_wins_taken as (

    select
        handoff_quarter,
        fit_grade,
        handoff_id,
        is_ignored,
        is_won,
        won_amount
    from wins_matched
    where win_rank = 1

)

select * from first_wins_taken
