"""One export file as rows in SQL, whatever its format; the entry point for mappings too."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.load import csv_file, jsonl_file, parquet_file
from pipelines.load.content import refuse_truncated
from pipelines.load.encoding import refuse_other_encodings, refuse_other_formats
from pipelines.load.relation import Dialect, RawRelation, UnreadableError, in_one_line
from pipelines.sql import identifier

TEXT_FORMATS = ("csv", "jsonl")
SUFFIXES = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")


def format_of(name: str) -> str | None:
    """`csv`, `jsonl` or `parquet` by the suffix of a file name; None for an unknown one."""
    folded = name.strip().lower()
    for suffix in SUFFIXES:
        if folded.endswith(suffix):
            return suffix.split(".")[1]
    return None


def ways_to_read(
    connection: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect | None = None
) -> Iterator[RawRelation]:
    """The readings of a file, the fastest first.

    A reading is lazy: whether it suits the file shows when its SQL runs to the end without
    duckdb.Error and it holds for the number of rows; otherwise the next one is tried, and when
    none is left the file cannot be read. All that succeed give the same rows. Raises
    UnreadableError.
    """
    format_name = format_of(path.name)
    if format_name in TEXT_FORMATS:
        refuse_other_formats(path)
    if format_name == "csv":
        yield from csv_file.ways(connection, path, dialect or Dialect())
    elif format_name == "jsonl":
        explodes_lines = dialect is not None and dialect.explodes_lines
        yield from jsonl_file.ways(connection, path, explodes_lines=explodes_lines)
    elif format_name == "parquet":
        yield from parquet_file.ways(connection, path)
    else:
        raise UnreadableError(f"{path.name} has none of the suffixes {', '.join(SUFFIXES)}")


def read_file(
    connection: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect | None = None
) -> RawRelation:
    """The first reading that gets through the whole file; raises UnreadableError."""
    refuse_truncated(path)
    cause = "it could not be parsed"
    for relation in ways_to_read(connection, path, dialect):
        values = [f"count({identifier(name)})" for name in relation.columns]
        counts = ", ".join([*values, "count(_fault)", "count(_row)"])
        try:
            row = connection.execute(f"select count(*), {counts} from ({relation.sql})").fetchone()
        except duckdb.Error as error:
            cause = str(error)
            continue
        if row and relation.holds(row[0]):
            return relation
    raise UnreadableError(fault_of(path, cause))


def fault_of(path: Path, error: str) -> str:
    """Why a file could not be read on which DuckDB failed with `error`, in one line."""
    if format_of(path.name) in TEXT_FORMATS:
        try:
            refuse_other_encodings(path)
        except UnreadableError as encoding:
            return str(encoding)
    return in_one_line(error)
