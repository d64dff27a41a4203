"""Parquet to rows: the types stay as the file has them, the contract's checks know them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.load.parquet_copy import ParquetColumns
from pipelines.load.relation import (
    OWN_VALUES_ONLY,
    PATH,
    RawRelation,
    Together,
    UnreadableError,
    file_literal,
    first_filled,
    grouped,
    normalized,
    of_files,
    struct_of,
)
from pipelines.sql import identifier

ROW_NUMBER = "file_row_number"
NESTED = ("STRUCT", "MAP", "UNION", "[")


def ways(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[RawRelation]:
    """As it lies, then from a copy for a file with a value on which DuckDB fails."""
    try:
        columns = ParquetColumns(path)
        first = columns.readable(careful=False)
        yield _way(connection, columns, [first])
        second = columns.readable(careful=True)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise UnreadableError(str(error)) from None
    if second != first:
        yield _way(connection, columns, [second])


def form_of(path: Path) -> bytes | None:
    """What files have in common that one statement may read; None for one that takes more care."""
    try:
        columns = ParquetColumns(path)
        is_plain = columns.readable(careful=False) == path and not columns.refused()
    except (UnreadableError, pa.ArrowException, OSError):
        return None
    return str(columns.file.schema).partition("\n")[2].encode() if is_plain else None


def ways_together(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]
) -> Iterator[Together]:
    """The same for several files of one form."""
    raw = _way(connection, ParquetColumns(paths[0]), paths)
    yield Together(raw, dict.fromkeys(paths, raw))


def _way(
    connection: duckdb.DuckDBPyConnection, columns: ParquetColumns, paths: Sequence[Path]
) -> RawRelation:
    places = [file_literal(path) for path in paths]
    source = f"read_parquet({of_files(places)}, {OWN_VALUES_ONLY})"
    described = connection.execute(
        f"describe select * from read_parquet({places[0]}, {OWN_VALUES_ONLY})"
    ).fetchall()
    kinds = [kind for _, kind, *_ in described]
    fields = [f"field_{number}" for number in range(len(kinds))]
    texts = [_text(field, kind) for field, kind in zip(fields, kinds, strict=True)]
    expressions = [_flat(text, kind) for text, kind in zip(texts, kinds, strict=True)]
    # a column of the file's own would be taken for the number of the row
    is_numbered = not any(row[0].lower() == ROW_NUMBER for row in described)
    number = f", {ROW_NUMBER} + 1 as _row_number" if is_numbered else ""
    # DuckDB renames columns that differ in case alone; the file has the real names
    names = columns.schema.names
    groups = grouped(names, expressions)
    selected = [f"{_one(values)} as {identifier(name)}, " for name, values in groups.items()]
    return RawRelation(
        sql=(
            f"select {''.join(selected)}null::varchar as _fault,"
            f" {struct_of(names, texts)} as _row{number}{f', {PATH}' if paths[1:] else ''}"
            f" from {source} as file({', '.join(fields)})"
        ),
        columns=tuple(groups),
        row_json="to_json(_row)",
        is_numbered=is_numbered,
        has_path=len(paths) > 1,
        refused={normalized(names[place]): kind for place, kind in columns.refused().items()},
    )


def _text(expression: str, kind: str) -> str:
    """Bytes are the text that older writers do not call one; others are shown as they are."""
    if kind == "BLOB":
        return f"coalesce(try(decode({expression})), {expression}::varchar)"
    return expression


def _flat(expression: str, kind: str) -> str:
    """Nested values become their JSON text."""
    if any(mark in kind for mark in NESTED):
        return f"to_json({expression})::varchar"
    return expression


def _one(expressions: list[str]) -> str:
    if len(expressions) == 1:
        return expressions[0]
    return first_filled([f"{expression}::varchar" for expression in expressions])
