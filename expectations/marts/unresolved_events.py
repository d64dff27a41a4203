"""Rows that belong to nobody: not suddenly many of a feed's rows."""

import great_expectations.expectations as gxe

from expectations.comparisons import nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite, improbable
from pipelines.feeds import FEEDS

SHARE_QUERY = """
with

month_slots as (

    {slots}

),

last_complete as (

    select cast(date_trunc('month', $as_of + 1) as date) as after_it

),

loaded as (

    select
        feed,
        cast(date_trunc('month', timezone($timezone, timezone('UTC', slot))) as date) as month,
        cast(sum(slot_rows) as bigint) as rows_loaded
    from month_slots
    group by all

),

marked as (

    select
        loaded.feed,
        loaded.rows_loaded,
        coalesce(unresolved.rows, 0) as rows_unresolved,
        loaded.month = last_complete.after_it - interval 1 month as is_judged
    from loaded
    cross join last_complete
    left join marts.unresolved_events as unresolved
        on loaded.feed = unresolved.feed and loaded.month = unresolved.month
    where
        loaded.month < last_complete.after_it
        and loaded.month >= last_complete.after_it - to_months($months_of_history + 1)

),

compared as (

    select
        feed,
        sum(rows_loaded) filter (where is_judged) as month_rows,
        sum(rows_loaded) filter (where not is_judged) as earlier_rows,
        sum(rows_unresolved) filter (where is_judged) / month_rows as month_share,
        sum(rows_unresolved) filter (where not is_judged) / earlier_rows as earlier_share
    from marked
    group by feed

)

select feed, month_share, earlier_share, round(month_share - earlier_share, 6) as share_change
from compared
where month_rows >= $fewest_rows and earlier_rows >= $fewest_rows
order by feed
"""

SLOTS = """
    select
        '{label}' as feed,
        time_bucket(interval '15 minutes', occurred_at) as slot,
        count(*) as slot_rows
    from raw.{name}
    where not _is_replaced and occurred_at < $ends_at
    group by slot
"""

EVENT_FEEDS = [feed for feed in FEEDS if feed.is_of_persons]


def suites(limits: Limits) -> list[Suite]:
    limit = limits["marts.unresolved_share"]
    return [
        nothing_after_as_of("unresolved_events", ("feed", "month"), dates=("month",)),
        Suite(
            name="unresolved_share",
            table="unresolved_events",
            needs=("marts.unresolved_events", *(f"raw.{feed.name}" for feed in EVENT_FEEDS)),
            query=SHARE_QUERY.format(
                slots=" union all ".join(
                    SLOTS.format(label=feed.label, name=feed.name) for feed in EVENT_FEEDS
                )
            ),
            values=limit,
            keys=("feed", "earlier_share", "month_share"),
            expectations=[
                improbable(
                    limit,
                    gxe.ExpectColumnValuesToBeBetween,
                    "rows_find_their_person",
                    "a feed's rows find their person about as often as in the months before",
                    column="share_change",
                    min_value=-limit["change_share"],
                    max_value=limit["change_share"],
                )
            ],
        ),
    ]
