with

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

lost_deals as (

    select * from {{ ref('int_lost_deals') }}

),

dispositions_placed as (

    select
        dispositions.disposition_id,
        dispositions.person_id,
        dispositions.occurred_at,
        dispositions.occurred_date,
        dispositions.disposition,
        dispositions.disposition in ('handed_off', 'accepted', 'appointment', 'opportunity') as is_progress,
        (
            dispositions.disposition in ('won', 'rejected', 'recycled')
            or (dispositions.disposition = 'lost' and lost_deals.disposition_id is null)
        ) as may_close,
        row_number() over (
            partition by dispositions.person_id order by dispositions.occurred_at, dispositions.disposition_id
        ) as place
    from dispositions
    left join lost_deals
        on dispositions.disposition_id = lost_deals.disposition_id
    where dispositions.person_id is not null

),

earlier_places_found as (

    select
        *,
        coalesce(max(case when is_progress then place end) over earlier_rows, 0) as last_progress,
        coalesce(max(case when may_close then place end) over earlier_rows, 0) as last_that_may_close,
        coalesce(max(case when disposition = 'won' then place end) over earlier_rows, 0) as last_win
    from dispositions_placed
    window earlier_rows as (
        partition by person_id order by place
        rows between unbounded preceding and 1 preceding
    )

),

-- after a win sales comes back with progress or another win, and what lies between is in no cycle
customers_found as (

    select
        *,
        last_win > last_progress as is_after_win,
        last_win > last_progress and (is_progress or disposition = 'won') as is_opening
    from earlier_places_found

),

-- progress before the last row that may close is that of an earlier cycle, whether or not that row closed one
closings_flagged as (

    select
        *,
        (
            disposition = 'won'
            or (disposition = 'lost' and may_close and not is_after_win)
            or (disposition in ('rejected', 'recycled') and last_progress > last_that_may_close)
        ) as is_closing
    from customers_found

),

cycles_counted as (

    select
        *,
        sum(case when is_opening then 1 else 0 end) over (
            partition by person_id order by place
            rows between unbounded preceding and current row
        ) as openings,
        coalesce(sum(case when is_closing and disposition <> 'won' then 1 else 0 end) over (
            partition by person_id order by place
            rows between unbounded preceding and 1 preceding
        ), 0) as closings_before
    from closings_flagged

),

cycles_numbered as (

    select
        disposition_id,
        person_id,
        occurred_at,
        occurred_date,
        disposition,
        case when is_opening or not is_after_win then cast(openings + closings_before + 1 as bigint) end
            as cycle_number,
        is_opening,
        is_closing
    from cycles_counted

)

select * from cycles_numbered
