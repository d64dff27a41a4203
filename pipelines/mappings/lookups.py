"""Values looked up in another file of the same export."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.load.reading import read_file
from pipelines.load.relation import Dialect, UnreadableError, identifier
from pipelines.mappings.mapping import FileKind, Lookup
from pipelines.mappings.statements import column_types, named_columns, numbered


def lookup_table(kind: FileKind, lookup: Lookup) -> str:
    """The temporary table of a lookup's `key` and `value`."""
    return identifier(f"lookup {kind.name} {lookup.name}")


def create_lookup(
    connection: duckdb.DuckDBPyConnection,
    kind: FileKind,
    lookup: Lookup,
    target: FileKind,
    files: Sequence[tuple[Path, Dialect]],
) -> None:
    """Fill the table from all files of the `target` kind; the last filled value of a key counts."""
    selects = []
    for position, (path, dialect) in enumerate(files):
        try:
            raw = read_file(connection, path, dialect)
        except (UnreadableError, OSError):
            continue  # the load reports it as one bad row
        types = column_types(connection, raw)
        columns = ", ".join(named_columns(target, types, {lookup.there, lookup.take}))
        selects.append(
            f"select {identifier(lookup.there)} as key, {identifier(lookup.take)} as value,"
            f" ({position}, _row_number) as place"
            f" from (select {columns}, _row_number, _fault from ({numbered(raw)}))"
            " where _fault is null"
        )
    rows = " union all ".join(selects) or "select null::varchar as key, '' as value, 0 as place"
    connection.execute(
        f"create or replace temp table {lookup_table(kind, lookup)} as"
        f" select key, arg_max(value, place) as value from ({rows})"
        " where key is not null group by key"
    )
