"""Files that appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.published.reading import Column
from pipelines.errors import FunnelError, UsageError
from pipelines.files import part_of, sync
from pipelines.sql import identifier, literal

FORMATS = {
    "parquet": "format parquet",
    "csv": "format csv, header true",
}
# a spreadsheet takes a cell that begins so for a formula, and runs it
FORMULA = "^[=+@\\-\t\r]"
APOSTROPHE = literal("'")
# a receiver must not read instants in its own time zone
INSTANTS_WITH_ZONE = "timestampformat '%Y-%m-%dT%H:%M:%S.%fZ'"


def folder_to_write(out: Path) -> Path:
    """Make the folder; raises UsageError if that is impossible."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}") from None
    if not os.access(out, os.W_OK):
        raise UsageError(f"--out {out}: is not writable")
    return out


def cell(column: Column, *, guarded: bool, of: str | None = None) -> str:
    """A column's value; a `guarded` text that would be a formula gets an apostrophe in front.

    `of` is the value's expression if it is not the column itself.
    """
    value = of or identifier(column.name)
    if not guarded or column.type != "VARCHAR":
        return value
    is_formula = f"regexp_matches({value}, {literal(FORMULA)})"
    return f"case when {is_formula} then {APOSTROPHE} || {value} else {value} end"


def write_query(
    connection: duckdb.DuckDBPyConnection, query: str, target: Path, options: str
) -> None:
    """Write the rows of a query to the file's temporary name."""
    connection.execute(f"copy ({query}) to {literal(part_of(target))} ({options})")


def put_in_place(targets: list[Path]) -> None:
    """Give finished files their names, once all of their bytes are on disk."""
    for target in targets:
        sync(part_of(target))
    for target in targets:
        part_of(target).replace(target)
    for folder in {target.parent for target in targets}:
        sync(folder)


@contextmanager
def no_parts_left(targets: list[Path]) -> Iterator[None]:
    """Remove the temporary files of what failed and report the error in one message."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        raise FunnelError(f"the files could not be written: {error}") from error
    finally:
        for target in targets:
            part_of(target).unlink(missing_ok=True)
