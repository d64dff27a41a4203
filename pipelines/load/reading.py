"""One export file as rows in SQL, whatever its format; the entry point for mappings too."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from pipelines.load import csv_file, jsonl_file, parquet_file
from pipelines.load.content import is_gzip, refuse_truncated
from pipelines.load.conversion import converted
from pipelines.load.encoding import refuse_other_encodings, refuse_other_formats
from pipelines.load.relation import (
    UTF_8,
    Dialect,
    RawRelation,
    Together,
    UnreadableError,
    in_one_line,
)
from pipelines.sql import identifier

FORMS = {"csv": csv_file.form_of, "jsonl": jsonl_file.form_of, "parquet": parquet_file.form_of}
TOGETHER = {
    "csv": csv_file.ways_together,
    "jsonl": jsonl_file.ways_together,
    "parquet": parquet_file.ways_together,
}
TEXT_FORMATS = ("csv", "jsonl")
# those of the contract, and those that a mapping may read besides
SUFFIXES = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")
MAPPED_SUFFIXES = (*SUFFIXES, ".tsv", ".tsv.gz", ".json", ".json.gz", ".xlsx")


def format_of(name: str, suffixes: Sequence[str] = MAPPED_SUFFIXES) -> str | None:
    """The format by the suffix of a file name, such as `csv`; None for an unknown one."""
    folded = name.strip().lower()
    for suffix in suffixes:
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
    dialect = dialect or Dialect()
    found = converted(path, format_of(path.name), dialect)
    if found.format in TEXT_FORMATS:
        refuse_other_formats(found.path)
    if found.format == "csv":
        ways = csv_file.ways(connection, found.path, dialect)
    elif found.format == "jsonl":
        ways = jsonl_file.ways(connection, found.path, dialect.explode)
    elif found.format == "parquet":
        ways = parquet_file.ways(connection, found.path)
    else:
        raise UnreadableError(f"{path.name} has none of the suffixes {', '.join(MAPPED_SUFFIXES)}")
    for way in ways:
        yield replace(way, notice=found.notice) if found.notice else way


def form_of(path: Path) -> tuple[str, bool, bytes] | None:
    """What files have in common that `ways_together` reads; None for one to read by itself."""
    name = format_of(path.name, SUFFIXES)
    try:
        if name in TEXT_FORMATS:
            refuse_other_formats(path)
        form = FORMS[name](path) if name else None
    except UnreadableError:
        return None
    return None if name is None or form is None else (name, is_gzip(path), form)


def ways_together(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]
) -> Iterator[Together]:
    """The readings of several files of one form, as `ways_to_read` has them of one."""
    return TOGETHER[format_of(paths[0].name) or ""](connection, paths)


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
    raise UnreadableError(fault_of(path, cause, dialect))


def fault_of(path: Path, error: str, dialect: Dialect | None = None) -> str:
    """Why a file could not be read on which DuckDB failed with `error`, in one line."""
    # what was converted is UTF-8
    if format_of(path.name) in TEXT_FORMATS and (dialect or Dialect()).encoding == UTF_8:
        try:
            refuse_other_encodings(path)
        except UnreadableError as encoding:
            return str(encoding)
    return in_one_line(error)
