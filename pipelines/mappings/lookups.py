"""Values looked up in another file of the same export."""

from collections.abc import Sequence

import duckdb

from pipelines.load.relation import UnreadableError
from pipelines.mappings.checked import CheckedLookup
from pipelines.mappings.mapping import FileKind
from pipelines.mappings.raw_file import RawFile
from pipelines.mappings.statements import as_text, column_types, named_columns, numbered


def looked_up(
    connection: duckdb.DuckDBPyConnection,
    checked: CheckedLookup,
    target: FileKind,
    files: Sequence[RawFile],
) -> str:
    """A select of `key_1`, `key_2` ... and `value` over all files of the `target` kind.

    Of the values of a key the last or first counts, as the lookup says.
    """
    keys = [f"key_{number}" for number in range(1, len(checked.there) + 1)]
    selects = []
    for position, file in enumerate(files):
        try:
            raw = file.read(connection)
        except (UnreadableError, OSError):
            continue  # the load reports it as one bad row
        types = column_types(connection, raw)
        columns = ", ".join(
            [
                *(f"{value} as {name}" for name, value in file.lineage.items()),
                *named_columns(target, types, checked.reads),
            ]
        )
        # like any expression, one that cannot be computed for a row gives nothing
        values = [
            f"try({there.wrapped})[1]::varchar as {key}"
            for key, there in zip(keys, checked.there, strict=True)
        ]
        values.append(f"try({checked.take.expression.wrapped}) as taken")
        order_by = checked.order_by.wrapped if checked.order_by else "[0]"
        values.append(f"try({order_by})[1] as sorted_by")
        selects.append(
            f"select {', '.join(values)}, ({position}, _row_number) as place"
            f" from (select _row_number, _fault, {columns}"
            f" from ({numbered(raw)}))"
            " where _fault is null"
        )
    if not selects:
        nothing = ", ".join(f"null::varchar as {name}" for name in (*keys, "value"))
        return f"select {nothing} where false"
    # a row without what is sorted by counts only where there is no other
    order = "arg_min" if checked.lookup.takes_first else "arg_max"
    is_known = "sorted_by is null" if checked.lookup.takes_first else "sorted_by is not null"
    value = as_text("taken[1]", checked.take.type)
    return (
        f"select {', '.join(keys)}, {order}(value, ({is_known}, sorted_by, place)) as value\n"
        f"from (select *, {value} as value from ({' union all '.join(selects)}))\n"
        f"where {' and '.join(f'{key} is not null' for key in keys)}\ngroup by {', '.join(keys)}"
    )
