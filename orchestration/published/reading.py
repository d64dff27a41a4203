"""The published file as its readers see it: tables, columns with types and comments."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from orchestration.home.records import nothing_published
from pipelines.database import open_database
from pipelines.errors import UsageError
from pipelines.settings import memory_limit
from pipelines.sql import identifier, literal

MARTS = "marts.duckdb"


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is DuckDB's name of it, such as `DECIMAL(18,2)`."""

    name: str
    type: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One published table, its columns in their order."""

    name: str
    comment: str | None
    columns: tuple[Column, ...]

    @property
    def identifier(self) -> str:
        return identifier(self.name)


@contextmanager
def open_published(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Read the published file of a home with bounded memory; it may be replaced meanwhile.

    Raises UsageError if nothing is published there, and what `open_database` raises.
    """
    marts = home / MARTS
    if not marts.exists():
        raise nothing_published(home)
    with (
        _spilling(home / "scratch") as spill,
        open_database(marts, read_only=True) as connection,
    ):
        connection.execute(f"set memory_limit = {literal(memory_limit())}")
        connection.execute(f"set temp_directory = {literal(spill)}")
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def _spilling(scratch: Path) -> TemporaryDirectory[str]:
    try:
        scratch.mkdir(exist_ok=True)
        return TemporaryDirectory(dir=scratch)
    except OSError as error:
        raise UsageError(f"{scratch} is needed for spilled rows: {error.strerror}") from None


def ask(
    connection: duckdb.DuckDBPyConnection, query: str, **values: date | str | int
) -> duckdb.DuckDBPyConnection:
    """Run a query with the values of its `$name`.

    Bound from Python, they would have DuckDB import pandas: as long as the rest of a short command.
    """
    if not values:
        return connection.execute(query)
    connection.execute(f"prepare asked as {query}")
    given = ", ".join(f"{name} := {_sql(value)}" for name, value in values.items())
    return connection.execute(f"execute asked({given})")


def _sql(value: date | str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return f"date {literal(value)}" if isinstance(value, date) else literal(value)


def published_tables(connection: duckdb.DuckDBPyConnection) -> list[PublishedTable]:
    """Every table of the published file, by name."""
    columns: dict[str, list[Column]] = {}
    for table, name, kind, comment in connection.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns()"
        " where not internal order by table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append(Column(name, kind, comment))
    return [
        PublishedTable(table, comment, tuple(columns[table]))
        for table, comment in connection.execute(
            "select table_name, comment from duckdb_tables() where not internal order by table_name"
        ).fetchall()
    ]
