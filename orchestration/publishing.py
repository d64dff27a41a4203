"""The published file: only marts, in a format that DuckDB clients from 1.0 on can open."""

import os
from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from orchestration.progress import say
from pipelines.database import connect
from pipelines.settings import Settings

STORAGE_VERSION = "v1.0.0"
AUDIT_COLUMNS = "feed, file, rows_read, rows_loaded, rows_replaced, rows_quarantined, loaded_at"


def publish(settings: Settings, marts: Sequence[str]) -> dict[str, int]:
    """Write the marts and the load audit beside the published file, then replace it.

    Readers that hold the old file keep reading it. Returns rows per table.
    """
    fresh = settings.marts.with_name("marts.duckdb.next")
    for leftover in (fresh, Path(f"{fresh}.wal")):
        leftover.unlink(missing_ok=True)
    connection = connect(settings)
    try:
        connection.execute(
            f"attach '{_quoted(fresh)}' as published (storage_version '{STORAGE_VERSION}')"
        )
        rows = {mart: _copy(connection, "marts", mart, "*") for mart in marts}
        rows["load_audit"] = _copy(connection, "raw", "load_audit", AUDIT_COLUMNS)
        connection.execute("checkpoint published")
        connection.execute("detach published")
    finally:
        connection.close()
    _replace(fresh, settings.marts)
    say(f"published {len(rows)} tables, {sum(rows.values()):,} rows, to {settings.marts}")
    return rows


def _copy(connection: DuckDBPyConnection, schema: str, table: str, columns: str) -> int:
    connection.execute(
        f"create table published.main.{table} as select {columns} from {schema}.{table}"
    )
    for statement in _comments(connection, schema, table):
        connection.execute(statement)
    counted = connection.execute(f"select count(*) from published.main.{table}").fetchone()
    return counted[0] if counted else 0


def _comments(connection: DuckDBPyConnection, schema: str, table: str) -> list[str]:
    # `create table as` drops comments, so they are said again
    statements = [
        f"comment on table published.main.{table} is '{_quoted(comment)}'"
        for (comment,) in connection.execute(
            "select comment from duckdb_tables() where database_name = current_database()"
            " and schema_name = ? and table_name = ? and comment is not null",
            [schema, table],
        ).fetchall()
    ]
    present = {
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns()"
            " where database_name = 'published' and table_name = ?",
            [table],
        ).fetchall()
    }
    statements += [
        f"comment on column published.main.{table}.{column} is '{_quoted(comment)}'"
        for column, comment in connection.execute(
            "select column_name, comment from duckdb_columns()"
            " where database_name = current_database() and schema_name = ? and table_name = ?"
            " and comment is not null",
            [schema, table],
        ).fetchall()
        if column in present
    ]
    return statements


def _replace(fresh: Path, published: Path) -> None:
    with fresh.open("rb") as handle:
        os.fsync(handle.fileno())
    fresh.replace(published)


def _quoted(value: object) -> str:
    return str(value).replace("'", "''")
