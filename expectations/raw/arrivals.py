"""How new the newest rows are: not later than their load, and not long before the reported day."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.raw.spans import instant_of, local_days, named_file, standing_rows
from expectations.suite import Suite, improbable
from pipelines.feeds import Feed

QUIET_QUERY = """
with

newest as (

    select cast(timezone($timezone, timezone('UTC', max({instant}))) as date) as newest_day
    from {rows}
    where {instant} < $ends_at

),

days as (

    select day, day - lag(day) over (order by day) - 1 as quiet_before
    from {days}

)

select
    (select newest_day from newest) as newest_day,
    $as_of - (select newest_day from newest) as days_quiet,
    greatest($quiet_days, $gap_factor * coalesce(max(quiet_before), 0)) as most_expected
from days
having count(*) > 1
"""


def suites(feed: Feed, limits: Limits) -> list[Suite]:
    judged = [_future_rows(feed, limits)]
    return judged + (
        [_quiet_days(feed, limits)] if feed.name in limits["raw.freshness"]["feeds"] else []
    )


def _future_rows(feed: Feed, limits: Limits) -> Suite:
    limit = limits["raw.future_rows"]
    instant = "greatest(created_at, updated_at)" if feed.name == "leads" else "occurred_at"
    late = f"""
        from {standing_rows(feed)}
        where {instant} > (
            select max(cast(loaded_at as timestamp)) + to_hours($hours)
            from raw.load_audit
            where feed = $feed
        )
    """
    return Suite(
        name=f"{feed.name}_future_rows",
        table=feed.name,
        needs=(f"raw.{feed.name}", "raw.load_audit"),
        query=f"select count(*) as rows_after_load {late}",
        values={"feed": feed.name, "hours": limit["hours"]},
        evidence={
            "no_future_rows": f"""
                select {named_file()} as _file, _delivery, _row_number, {instant} as instant
                {late} order by all limit 5
            """
        },
        expectations=[
            improbable(
                limit,
                gxe.ExpectColumnValuesToBeBetween,
                "no_future_rows",
                "no row is dated after the feed was last loaded",
                column="rows_after_load",
                max_value=0,
            )
        ],
    )


def _quiet_days(feed: Feed, limits: Limits) -> Suite:
    limit = limits["raw.freshness"]
    instant = instant_of(feed)
    return Suite(
        name=f"{feed.name}_freshness",
        table=feed.name,
        needs=(f"raw.{feed.name}",),
        query=QUIET_QUERY.format(
            instant=instant,
            rows=standing_rows(feed),
            days=local_days(
                feed, "$weeks_of_history * 7", newest="(select newest_day from newest)"
            ),
        ),
        values=limit,
        keys=("newest_day",),
        expectations=[
            improbable(
                limit,
                gxe.ExpectColumnPairValuesAToBeGreaterThanB,
                "feed_is_fresh",
                "the newest row is not much older than the reported day",
                column_A="most_expected",
                column_B="days_quiet",
                or_equal=True,
                ignore_row_if="either_value_is_missing",
            )
        ],
    )
