"""Brings the raw tables to the state that the contract describes after each load."""

from collections.abc import Collection

import duckdb

from pipelines.errors import FunnelError
from pipelines.feeds import FEEDS
from pipelines.load import FeedCounts, QuarantinedRow
from pipelines.load.checks import WHOLE_FILE
from pipelines.load.replacement import delete_bad, mark_replaced, number_rows, shared_ids
from pipelines.load.source import DATASET, TABLES
from pipelines.settings import of_source
from pipelines.sql import literal
from pipelines.wording import counted

SHOWN_PER_FEED = 5


def is_empty(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse was never loaded."""
    return "_dlt_loads" not in _existing(connection)


def remove_unfinished_loads(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete what a killed run had written: a load counts from the moment it is settled."""
    if is_empty(connection):
        return
    existing = _existing(connection)
    if "load_audit" in existing:
        connection.execute(
            f"delete from {DATASET}._dlt_loads where load_id in"
            f" (select _dlt_load_id from {DATASET}.load_audit where rows_loaded is null)"
        )
    for table in existing & {*TABLES, "_dlt_pipeline_state"}:
        connection.execute(
            f"delete from {DATASET}.{table} where _dlt_load_id not in"
            f" (select load_id from {DATASET}._dlt_loads where status = 0)"
        )


def settle(
    connection: duckdb.DuckDBPyConnection, load_id: str, starts_over: Collection[str]
) -> None:
    """Number, replace and count the rows of a load, all or nothing.

    Of the sources that start over the rows of all earlier loads go, and what they had replaced
    stands again.
    """
    rows = connection.execute(
        f"select distinct feed from {DATASET}.load_audit where _dlt_load_id = ?", [load_id]
    ).fetchall()
    loaded = {name for (name,) in rows}
    with connection.cursor() as transaction:
        transaction.execute("begin")
        for source in starts_over:
            for table in TABLES:
                column = "_source" if "_source" in TABLES[table] else "source"
                transaction.execute(
                    f"delete from {DATASET}.{table} where {column} = ? and _dlt_load_id <> ?",
                    [source, load_id],
                )
        for feed in FEEDS:
            if starts_over or feed.name in loaded:
                number_rows(transaction, feed)
                delete_bad(transaction, feed)
                mark_replaced(transaction, feed, None if starts_over else load_id)
                _count(transaction, feed.name)
        _refuse_loss(transaction)
        transaction.execute("commit")


def recount(connection: duckdb.DuckDBPyConnection) -> None:
    """Compare and count all rows again, after some are gone; the caller has a transaction open."""
    for feed in FEEDS:
        mark_replaced(connection, feed)
        _count(connection, feed.name)
    _refuse_loss(connection)


def _count(connection: duckdb.DuckDBPyConnection, feed: str) -> None:
    connection.execute(
        f"""
        update {DATASET}.load_audit as audited
        set rows_loaded = counted.standing, rows_replaced = counted.replaced
        from (
            select
                delivered.source,
                delivered.file,
                delivered._delivery,
                count(*) filter (where not rows._is_replaced) as standing,
                count(*) filter (where rows._is_replaced) as replaced
            from {DATASET}.load_audit as delivered
            left join {DATASET}.{feed} as rows
                on
                    delivered.source = rows._source
                    and delivered.file = rows._file
                    and delivered._delivery = rows._delivery
            where delivered.feed = $feed
            group by delivered.source, delivered.file, delivered._delivery
        ) as counted
        where audited.feed = $feed
            and audited.source = counted.source
            and audited.file = counted.file
            and audited._delivery = counted._delivery
            and (audited.rows_loaded, audited.rows_replaced)
                is distinct from (counted.standing, counted.replaced)
        """,
        {"feed": feed},
    )


def _refuse_loss(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise FunnelError if some row of a file is nowhere."""
    lost = connection.execute(
        f"""
        select
            source,
            feed || '/' || file,
            rows_read,
            rows_loaded + rows_replaced + rows_quarantined
        from {DATASET}.load_audit
        where rows_read is distinct from rows_loaded + rows_replaced + rows_quarantined
        """
    ).fetchone()
    if lost:
        source, *counts = lost
        message = "{}: {} rows were read, but {} are accounted for".format(*counts)
        raise FunnelError(of_source(source, message))


def counts_of(connection: duckdb.DuckDBPyConnection, load_id: str | None) -> tuple[FeedCounts, ...]:
    """What a load brought, per feed; zeros for None, a run without anything new."""
    rows = []
    if load_id is not None:
        rows = connection.execute(
            f"""
            select
                feed,
                sum(rows_read)::bigint,
                sum(rows_loaded)::bigint,
                sum(rows_replaced)::bigint,
                sum(rows_quarantined)::bigint
            from {DATASET}.load_audit
            where _dlt_load_id = ?
            group by feed
            """,
            [load_id],
        ).fetchall()
    counts = {row[0]: FeedCounts(*row) for row in rows}
    return tuple(counts.get(feed.name, FeedCounts(feed.name)) for feed in FEEDS)


def warnings_of_shared_ids(
    connection: duckdb.DuckDBPyConnection, load_id: str | None
) -> tuple[str, ...]:
    """What a load brought under ids that another source has too: one warning a feed and sources."""
    if load_id is None:
        return ()
    return tuple(
        f"{feed.name}: {counted(ids, feed.key[0])} came from {names}: they are taken for the same,"
        " and of rows with one key the last by file name stands; give the sources of different"
        " systems an id_prefix"
        for feed in FEEDS
        for ids, names in shared_ids(connection, feed, load_id)
    )


def first_quarantined(
    connection: duckdb.DuckDBPyConnection, load_id: str | None
) -> tuple[QuarantinedRow, ...]:
    """The first rows of each feed that a load put into quarantine.

    Of those that share the fault of their whole file one says enough.
    """
    if load_id is None:
        return ()
    rows = connection.execute(
        f"""
        select feed, file, row_number, reason, source
        from (
            select
                *,
                row_number() over (
                    partition by source, feed, file, _delivery, reason
                    order by quarantine.row_number
                ) as occurrence
            from {DATASET}.quarantine
            where _dlt_load_id = ?
        ) as bad
        where occurrence = 1 or not starts_with(reason, {literal(WHOLE_FILE)})
        qualify
            row_number() over (
                partition by feed order by source, file, _delivery, bad.row_number, reason
            ) <= {SHOWN_PER_FEED}
        order by feed, source, file, _delivery, row_number, reason
        """,
        [load_id],
    ).fetchall()
    return tuple(QuarantinedRow(*row) for row in rows)


def _existing(connection: duckdb.DuckDBPyConnection) -> set[str]:
    query = (
        "select table_name from duckdb_tables()"
        " where database_name = current_database() and schema_name = ?"
    )
    return {table for (table,) in connection.execute(query, [DATASET]).fetchall()}
