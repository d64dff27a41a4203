with

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

progress_counted as (

    select
        disposition_id,
        person_id,
        occurred_at,
        occurred_date,
        disposition,
        amount,
        disposition in ('won', 'lost', 'rejected', 'recycled') as may_close,
        sum(case when disposition in ('handed_off', 'accepted', 'appointment', 'opportunity') then 1 else 0 end) over (
            partition by person_id order by occurred_at, disposition_id
            rows between unbounded preceding and current row
        ) as progress_count
    from dispositions
    where person_id is not null

),

-- a rejection before any progress closes nothing, so only progress since the last row that may close counts
earlier_progress_found as (

    select
        *,
        coalesce(max(case when may_close then progress_count end) over (
            partition by person_id order by occurred_at, disposition_id
            rows between unbounded preceding and 1 preceding
        ), 0) as progress_count_before
    from progress_counted

),

closings_flagged as (

    select
        disposition_id,
        person_id,
        occurred_at,
        occurred_date,
        disposition,
        amount,
        (
            disposition in ('won', 'lost')
            or (disposition in ('rejected', 'recycled') and progress_count > progress_count_before)
        ) as is_closing
    from earlier_progress_found

),

closings_counted as (

    select
        *,
        coalesce(sum(case when is_closing then 1 else 0 end) over (
            partition by person_id order by occurred_at, disposition_id
            rows between unbounded preceding and 1 preceding
        ), 0) as closings_before,
        coalesce(max(case when disposition = 'won' then 1 else 0 end) over (
            partition by person_id order by occurred_at, disposition_id
            rows between unbounded preceding and 1 preceding
        ), 0) as won_before
    from closings_flagged

),

cycles_numbered as (

    select
        disposition_id,
        person_id,
        occurred_at,
        occurred_date,
        disposition,
        amount,
        case when won_before = 0 then cast(closings_before + 1 as bigint) end as cycle_number,
        is_closing and won_before = 0 as is_closing
    from closings_counted

)

select * from cycles_numbered
