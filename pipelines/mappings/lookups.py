"""Values looked up in another file of the same export."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.load.reading import read_file
from pipelines.load.relation import Dialect, UnreadableError
from pipelines.mappings.mapping import FileKind, Lookup
from pipelines.mappings.statements import column_types, named_columns, numbered
from pipelines.sql import identifier


def looked_up(
    connection: duckdb.DuckDBPyConnection,
    lookup: Lookup,
    target: FileKind,
    files: Sequence[tuple[Path, Dialect]],
) -> str:
    """A select of `key` and `value` over all files of the `target` kind.

    The last filled value of a key counts, in the order of `files`.
    """
    selects = ["select null::varchar as key, null::varchar as value, (0, 0::bigint) as place"]
    for position, (path, dialect) in enumerate(files):
        try:
            raw = read_file(connection, path, dialect)
        except (UnreadableError, OSError):
            continue  # the load reports it as one bad row
        types = column_types(connection, raw)
        columns = ", ".join(named_columns(target, types, {lookup.there, lookup.take}))
        selects.append(
            f"select {identifier(lookup.there)}, {identifier(lookup.take)},"
            f" ({position}, _row_number)"
            f" from (select {columns}, _row_number, _fault from ({numbered(raw)}))"
            " where _fault is null"
        )
    return (
        "select key, arg_max(value, place) as value\n"
        f"from ({' union all '.join(selects)})\nwhere key is not null\ngroup by key"
    )
