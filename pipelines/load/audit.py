"""Brings the raw tables to the state that the contract describes after each load."""

import duckdb

from pipelines.feeds import FEEDS
from pipelines.load import FeedCounts
from pipelines.load.replacement import mark_replaced, number_rows
from pipelines.load.source import DATASET, TABLES


def is_empty(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse was never loaded."""
    return "_dlt_loads" not in _existing(connection)


def remove_unfinished_loads(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete what a killed run had written: dlt enters a load as finished in its last step."""
    if is_empty(connection):
        return
    for table in _existing(connection) & {*TABLES, "_dlt_pipeline_state"}:
        connection.execute(
            f"delete from {DATASET}.{table} where _dlt_load_id not in"
            f" (select load_id from {DATASET}._dlt_loads where status = 0)"
        )


def undo(connection: duckdb.DuckDBPyConnection, load_id: str) -> None:
    """Take a load back."""
    connection.execute(f"delete from {DATASET}._dlt_loads where load_id = ?", [load_id])
    remove_unfinished_loads(connection)


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Number, replace and count the rows of the loads for which that was not done yet."""
    if is_empty(connection):
        return
    unsettled = connection.execute(
        f"select distinct feed, _dlt_load_id from {DATASET}.load_audit where rows_loaded is null"
    ).fetchall()
    for feed in FEEDS:
        loads = [load_id for name, load_id in unsettled if name == feed.name]
        if not loads:
            continue
        with connection.cursor() as transaction:
            transaction.execute("begin")
            number_rows(transaction, feed)
            mark_replaced(transaction, feed, loads)
            _count(transaction, feed.name)
            transaction.execute("commit")


def _count(connection: duckdb.DuckDBPyConnection, feed: str) -> None:
    connection.execute(
        f"""
        update {DATASET}.load_audit as audited
        set rows_loaded = coalesce(counted.standing, 0),
            rows_replaced = audited.rows_read - audited.rows_quarantined
                - coalesce(counted.standing, 0)
        from (
            select delivered.file, delivered._delivery, counts.standing
            from (
                select file, _delivery
                from {DATASET}.load_audit
                where feed = $feed
            ) as delivered
            left join (
                select _file, _delivery, count(*) as standing
                from {DATASET}.{feed}
                where not _is_replaced
                group by _file, _delivery
            ) as counts
                on delivered.file = counts._file and delivered._delivery = counts._delivery
        ) as counted
        where audited.feed = $feed
            and audited.file = counted.file
            and audited._delivery = counted._delivery
            and audited.rows_loaded is distinct from coalesce(counted.standing, 0)
        """,
        {"feed": feed},
    )


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


def _existing(connection: duckdb.DuckDBPyConnection) -> set[str]:
    query = (
        "select table_name from duckdb_tables()"
        " where database_name = current_database() and schema_name = ?"
    )
    return {table for (table,) in connection.execute(query, [DATASET]).fetchall()}
