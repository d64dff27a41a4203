"""What is kept no longer: anonymous events and inactive leads, by the reported day alone.

The limit is the first of a month, so that rows go, and all models are rebuilt, once a month.
Nothing but raw rows decides, so that it does not matter in which runs they were loaded.
"""

from datetime import date

import duckdb

from pipelines.feeds import FEEDS
from pipelines.load.audit import recount
from pipelines.load.source import DATASET
from pipelines.personal.erased import name_of
from pipelines.personal.spellings import address_of, phone_of
from pipelines.settings import Settings

NAMING = [feed.name for feed in FEEDS if feed.is_of_persons]
# how two lead records may be of one person, and how an event names one: the texts that say so
KEYS = f"""
    select lead_id, 'lead ' || lead_id as key, updated_at as seen_at from {DATASET}.leads
    union all
    select lead_id, 'lead ' || merged_into_lead_id, updated_at from {DATASET}.leads
    union all
    select lead_id, 'address ' || {address_of("email")}, updated_at from {DATASET}.leads
    union all
    select lead_id, 'reach ' || {phone_of("phone")} || ' ' || {name_of("full_name")}, updated_at
    from {DATASET}.leads
"""
NAMED = f"""
    'lead ' || lead_id in (select key from gone_keys)
    or 'address ' || {address_of("email")} in (select key from gone_keys)
"""


def month_before(day: date, months: int) -> date:
    """The first of the month that lies so many months before that of the day."""
    count = day.year * 12 + day.month - 1 - months
    return date(max(count // 12, 1), count % 12 + 1, 1)


def retire(connection: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, int]:
    """Delete what is past its time, count it as erased in the audit; returns rows by feed."""
    retention, removed = settings.retention, dict[str, int]()
    if not retention.anonymous_months and not retention.inactive_years:
        return removed
    with connection.cursor() as cursor:
        cursor.execute("begin")
        if retention.anonymous_months:
            since = month_before(settings.as_of, retention.anonymous_months)
            old = _is_before("occurred_at", since)
            _delete(cursor, "web_events", f"{old} and {ANONYMOUS}", removed)
        if retention.inactive_years:
            since = month_before(settings.as_of, 12 * retention.inactive_years)
            _find_inactive(cursor, since)
            for feed in NAMING:
                _delete(cursor, feed, f"({NAMED})", removed)
            leads = "lead_id in (select lead_id from gone)"
            _delete(cursor, "leads", leads, removed)
        if removed:
            recount(cursor)
        cursor.execute("commit")
    return removed


ANONYMOUS = f"""
    lead_id is null and email is null
    and anonymous_id not in (
        select anonymous_id from {DATASET}.web_events
        where lead_id is not null or email is not null
    )
"""


def _is_before(instant: str, day: date) -> str:
    # months are whole, so that the zone of days makes no difference worth a conversion
    return f"{instant} < timestamp '{day}'"


def _find_inactive(connection: duckdb.DuckDBPyConnection, since: date) -> None:
    """Fill `gone` with leads of which nobody heard, nor of those that may be the same person."""
    events = " union all ".join(
        f"select 'lead ' || lead_id as key, occurred_at as seen_at from {DATASET}.{feed}"
        f" union all select 'address ' || {address_of('email')}, occurred_at from {DATASET}.{feed}"
        for feed in NAMING
    )
    browsers = f"""
        select named.key, seen.seen_at
        from (
            select anonymous_id, 'lead ' || lead_id as key from {DATASET}.web_events
            union
            select anonymous_id, 'address ' || {address_of("email")} from {DATASET}.web_events
        ) as named
        inner join (
            select anonymous_id, max(occurred_at) as seen_at
            from {DATASET}.web_events
            group by anonymous_id
        ) as seen on named.anonymous_id = seen.anonymous_id
    """
    connection.execute(
        f"""
        create or replace temp table lead_keys as
        select lead_id, key, seen_at from ({KEYS}) where key is not null
        """
    )
    connection.execute(
        f"""
        create or replace temp table gone as
        with recursive active as (
            select lead_id from lead_keys where not {_is_before("seen_at", since)}
            union
            select lead_keys.lead_id
            from lead_keys
            inner join ({events} union all {browsers}) as events on lead_keys.key = events.key
            where not {_is_before("events.seen_at", since)}
            union
            select linked.lead_id
            from active
            inner join lead_keys as own on active.lead_id = own.lead_id
            inner join lead_keys as linked on own.key = linked.key
        )
        select distinct lead_id from lead_keys where lead_id not in (select lead_id from active)
        """
    )
    # what somebody else has too names nobody who is gone
    connection.execute(
        """
        create or replace temp table gone_keys as
        select key from lead_keys where lead_id in (select lead_id from gone)
        except
        select key from lead_keys where lead_id not in (select lead_id from gone)
        """
    )


def _delete(
    connection: duckdb.DuckDBPyConnection, feed: str, condition: str, removed: dict[str, int]
) -> None:
    table = f"{DATASET}.{feed}"
    counts = connection.execute(
        f"select _source, _file, _delivery, count(*) from {table} where {condition} group by all"
    ).fetchall()
    if not counts:
        return
    connection.execute(f"delete from {table} where {condition}")
    connection.executemany(
        f"update {DATASET}.load_audit set rows_read = rows_read - ?,"
        " rows_erased = coalesce(rows_erased, 0) + ?"
        " where feed = ? and source = ? and file = ? and _delivery = ?",
        [[rows, rows, feed, *place] for *place, rows in counts],
    )
    removed[feed] = removed.get(feed, 0) + sum(rows for *_, rows in counts)
