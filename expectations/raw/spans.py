"""Rows and spans of days that suites on the raw batch share, as SQL."""

from pipelines.feeds import Feed
from pipelines.settings import PLAIN
from pipelines.sql import literal

# minutes to which every time zone's offset is whole; local dates of 15-minute slots, not of rows,
# make a day's count about ten times as quick
SLOT = "interval '15 minutes'"


def named_file(source: str = "_source", file: str = "_file") -> str:
    """The name of a file in findings, behind that of its source if that has one of its own."""
    return f"case when {source} = {literal(PLAIN)} then {file} else {source} || ': ' || {file} end"


def instant_of(feed: Feed) -> str:
    """The instant that places a row in time: of a lead, that of its version."""
    return "updated_at" if feed.name == "leads" else "occurred_at"


def standing_rows(feed: Feed) -> str:
    """The rows that no later row replaced."""
    return f"(select * from raw.{feed.name} where not _is_replaced)"


def local_days(feed: Feed, days: str, newest: str = "$as_of") -> str:
    """Rows per local date (`day, day_rows`) over so many days up to `newest`, in which any fell."""
    instant = instant_of(feed)
    return f"""(
        select
            cast(timezone($timezone, timezone('UTC', slot)) as date) as day,
            cast(sum(slot_rows) as bigint) as day_rows
        from (
            select time_bucket({SLOT}, {instant}) as slot, count(*) as slot_rows
            from raw.{feed.name}
            where
                not _is_replaced
                and {instant} < $ends_at
                and {instant} >= cast({newest} as timestamp) - to_days(cast({days} + 2 as integer))
            group by slot
        )
        group by day
        having day > {newest} - cast({days} as integer)
    )"""


def spans_compared(feed: Feed) -> str:
    """The rows of both spans, marked: the last days, and the weeks before them."""
    instant = instant_of(feed)
    recent = "$ends_at - to_days(cast($days_judged as integer))"
    earliest = f"{recent} - to_days(cast($weeks_of_history * 7 as integer))"
    return f"""(
        select *, {instant} >= {recent} as is_recent
        from raw.{feed.name}
        where not _is_replaced and {instant} < $ends_at and {instant} >= {earliest}
    )"""
