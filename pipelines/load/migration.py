"""Brings the raw tables of a home that was loaded before to the columns that are declared now."""

from collections.abc import Mapping, Sequence

import duckdb

from pipelines.errors import UsageError
from pipelines.feeds import FEEDS
from pipelines.load.audit import is_empty
from pipelines.load.checks import default_of
from pipelines.load.source import DATASET, TABLES
from pipelines.load.tables import DEFAULTS, definition, with_load_id
from pipelines.sql import identifier, literal

FEED_COLUMNS = {(feed.name, column.name): column for feed in FEEDS for column in feed.raw_columns}


def add_declared_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Create missing tables and columns; rows get what a file without the column would give them.

    Raises UsageError, before anything is changed, for a required column that rows would lack.
    """
    if is_empty(connection):
        return
    present = _present_columns(connection)
    missing = {
        table: [name for name in columns if name not in present[table]]
        for table, columns in TABLES.items()
        if table in present
    }
    _refuse_required(connection, missing)
    with connection.cursor() as transaction:
        transaction.execute("begin")
        for table, columns in TABLES.items():
            if table not in present:
                transaction.execute(
                    f"create table {DATASET}.{table} ({definition(with_load_id(columns))})"
                )
            elif missing[table]:
                # DuckDB cannot update a table in the transaction that alters it
                transaction.execute(
                    f"create or replace table {DATASET}.{table} as"
                    f" select *, {_values(table, missing[table])} from {DATASET}.{table}"
                )
        transaction.execute("commit")


def _present_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    present: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns()"
        " where database_name = current_database() and schema_name = ?",
        [DATASET],
    ).fetchall():
        present.setdefault(table, set()).add(column)
    return present


def _refuse_required(
    connection: duckdb.DuckDBPyConnection, missing: Mapping[str, Sequence[str]]
) -> None:
    for (feed, name), column in FEED_COLUMNS.items():
        if not column.required or name not in missing.get(feed, ()):
            continue
        if connection.execute(f"select 1 from {DATASET}.{feed} limit 1").fetchone():
            raise UsageError(
                f"{feed}: the new column {name} is required, but this home has rows that were"
                " loaded without it; declare a default instead in pipelines/feeds.py, or load"
                " into a new home (--home)"
            )


def _values(table: str, missing: Sequence[str]) -> str:
    texts = {name: literal(DEFAULTS[name]) if name in DEFAULTS else "null" for name in missing}
    values = {name: f"{text}::{TABLES[table][name]}" for name, text in texts.items()}
    for name in missing:
        column = FEED_COLUMNS.get((table, name))
        if column and column.default_from not in missing:
            values[name] = default_of(column)
    return ", ".join(f"{value} as {identifier(name)}" for name, value in values.items())
