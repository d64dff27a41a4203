"""Brings the raw tables to the state that the contract describes after each load."""

import duckdb

from pipelines.errors import FunnelError
from pipelines.feeds import FEEDS
from pipelines.load import FeedCounts, QuarantinedRow
from pipelines.load.checks import WHOLE_FILE
from pipelines.load.replacement import delete_bad, mark_replaced, number_rows
from pipelines.load.source import DATASET, TABLES
from pipelines.sql import literal

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


def settle(connection: duckdb.DuckDBPyConnection, load_id: str, starts_over: bool) -> None:
    """Number, replace and count the rows of a load, all or nothing.

    One that `starts_over` stands alone: the rows of all earlier loads go.
    """
    rows = connection.execute(
        f"select distinct feed from {DATASET}.load_audit where _dlt_load_id = ?", [load_id]
    ).fetchall()
    loaded = {name for (name,) in rows}
    with connection.cursor() as transaction:
        transaction.execute("begin")
        if starts_over:
            for table in TABLES:
                transaction.execute(
                    f"delete from {DATASET}.{table} where _dlt_load_id <> ?", [load_id]
                )
        for feed in FEEDS:
            if feed.name in loaded:
                number_rows(transaction, feed)
                delete_bad(transaction, feed)
                mark_replaced(transaction, feed, load_id)
                _count(transaction, feed.name)
        _refuse_loss(transaction)
        transaction.execute("commit")


def _count(connection: duckdb.DuckDBPyConnection, feed: str) -> None:
    connection.execute(
        f"""
        update {DATASET}.load_audit as audited
        set rows_loaded = counted.standing, rows_replaced = counted.replaced
        from (
            select
                delivered.file,
                delivered._delivery,
                count(*) filter (where not rows._is_replaced) as standing,
                count(*) filter (where rows._is_replaced) as replaced
            from {DATASET}.load_audit as delivered
            left join {DATASET}.{feed} as rows
                on delivered.file = rows._file and delivered._delivery = rows._delivery
            where delivered.feed = $feed
            group by delivered.file, delivered._delivery
        ) as counted
        where audited.feed = $feed
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
        select feed || '/' || file, rows_read, rows_loaded + rows_replaced + rows_quarantined
        from {DATASET}.load_audit
        where rows_read is distinct from rows_loaded + rows_replaced + rows_quarantined
        """
    ).fetchone()
    if lost:
        raise FunnelError("{}: {} rows were read, but {} are accounted for".format(*lost))


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
        select feed, file, row_number, reason
        from (
            select
                *,
                row_number() over (
                    partition by feed, file, _delivery, reason order by quarantine.row_number
                ) as occurrence
            from {DATASET}.quarantine
            where _dlt_load_id = ?
        ) as bad
        where occurrence = 1 or not starts_with(reason, {literal(WHOLE_FILE)})
        qualify
            row_number() over (
                partition by feed order by file, _delivery, bad.row_number, reason
            ) <= {SHOWN_PER_FEED}
        order by feed, file, _delivery, row_number, reason
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
