with

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

-- each of these rows closes the cycle of whatever deal is open, so that a deal is open within one span only
deal_spans_numbered as (

    select
        disposition_id,
        person_id,
        occurred_at,
        disposition,
        opportunity_id,
        coalesce(
            sum(
                case
                    when disposition in ('won', 'rejected', 'recycled') then 1
                    when disposition = 'lost' and opportunity_id is null then 1
                    else 0
                end
            ) over (
                partition by person_id order by occurred_at, disposition_id
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as deal_span
    from dispositions
    where person_id is not null

),

deal_rows as (

    select
        disposition_id,
        person_id,
        deal_span,
        occurred_at,
        disposition,
        coalesce(
            lag(disposition) over (
                partition by person_id, deal_span, opportunity_id order by occurred_at, disposition_id
            ) = 'opportunity',
            false
        ) as was_open
    from deal_spans_numbered
    where opportunity_id is not null and disposition in ('opportunity', 'lost')

),

open_deals_counted as (

    select
        *,
        coalesce(
            sum(
                case
                    when disposition = 'opportunity' and not was_open then 1
                    when disposition = 'lost' and was_open then -1
                    else 0
                end
            ) over (
                partition by person_id, deal_span order by occurred_at, disposition_id
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as open_deals
    from deal_rows

),

others_left_open as (

    select
        disposition_id,
        person_id
    from open_deals_counted
    where
        disposition = 'lost'
        and open_deals > case when was_open then 1 else 0 end

)

select * from others_left_open
