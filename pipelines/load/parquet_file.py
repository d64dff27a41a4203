"""Parquet to rows: the types stay as the file has them, the contract's checks know them."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.load.relation import (
    RawRelation,
    UnreadableError,
    file_literal,
    first_filled,
    grouped,
    identifier,
    struct_of,
)

NESTED = ("STRUCT", "MAP", "UNION", "[")


def ways(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[RawRelation]:
    """The one way to read it."""
    scan = f"read_parquet({file_literal(path)}, binary_as_string = true)"
    try:
        described = connection.execute(f"describe select * from {scan}").fetchall()
        # DuckDB renames columns that differ in case alone; the file has the real names
        names = pq.read_schema(path).names
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise UnreadableError(str(error)) from None
    expressions = [_flat(identifier(name), kind) for name, kind, *_ in described]
    groups = grouped(names, expressions)
    selected = [f"{_one(values)} as {identifier(name)}, " for name, values in groups.items()]
    yield RawRelation(
        sql=(
            f"select {''.join(selected)}null::varchar as _fault,"
            f" {struct_of(names, [identifier(row[0]) for row in described])} as _row,"
            f" file_row_number + 1 as _row_number from {scan}"
        ),
        columns=tuple(groups),
        row_json="to_json(_row)",
        is_numbered=True,
    )


def _flat(expression: str, kind: str) -> str:
    """Nested values become their JSON text."""
    if any(mark in kind for mark in NESTED):
        return f"to_json({expression})::varchar"
    return expression


def _one(expressions: list[str]) -> str:
    if len(expressions) == 1:
        return expressions[0]
    return first_filled([f"{expression}::varchar" for expression in expressions])
