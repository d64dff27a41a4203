with

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

dispositions_ranked as (

    select
        *,
        disposition = 'handed_off' and row_number() over (
            partition by person_id, occurred_date, disposition order by occurred_at, disposition_id
        ) = 1 as is_handoff
    from dispositions
    where person_id is not null

),

-- at one instant the hand-off comes first, whatever the ids: its window begins with that instant
windows_found as (

    select
        *,
        max(case when is_handoff then occurred_at end) over (
            partition by person_id order by occurred_at
            range between unbounded preceding and current row
        ) as handed_off_at
    from dispositions_ranked

),

rejections_ranked as (

    select
        *,
        disposition in ('rejected', 'recycled') and row_number() over (
            partition by person_id, handed_off_at, disposition in ('rejected', 'recycled')
            order by occurred_at, disposition_id
        ) = 1 as is_first_rejection
    from windows_found
    where handed_off_at is not null

),

responses_gathered as (

    select
        person_id,
        handed_off_at,
        max(case when is_handoff then disposition_id end) as handoff_id,
        max(case when is_handoff then occurred_date end) as handed_off_date,
        max(case when is_handoff then sales_team end) as sales_team,
        max(case when is_handoff then sales_rep end) as sales_rep,
        max(case when is_handoff then routed_by end) as routed_by,
        min(case when disposition in ('accepted', 'appointment', 'opportunity', 'won') then occurred_at end)
            as accepted_at,
        min(case when disposition in ('attempted', 'contacted', 'appointment', 'opportunity', 'won') then occurred_at end)
            as first_touch_at,
        min(case when is_first_rejection then occurred_at end) as rejected_at,
        max(case when is_first_rejection then reason end) as reason,
        min(case when disposition = 'withdrawn' then occurred_at end) as withdrawn_at,
        bool_or(disposition in ('attempted', 'contacted', 'accepted', 'rejected')) as has_sales_steps
    from rejections_ranked
    group by person_id, handed_off_at

)

select * from responses_gathered
