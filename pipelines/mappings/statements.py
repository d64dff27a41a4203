"""The SQL that turns the rows of one raw file into rows of a feed, still unchecked.

What comes out has the shape of what goes in, a RawRelation under the contract's column names, so
that mapped rows take the same checks as those of a landing folder.
"""

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from pipelines.load.relation import RawRelation, blank
from pipelines.mappings.check import ZONED, CheckedRows
from pipelines.mappings.mapping import FILE_NAME, ROW_ID, FileKind
from pipelines.sql import identifier, literal


def feed_rows(
    blocks: Sequence[CheckedRows],
    kind: FileKind,
    raw: RawRelation,
    types: Mapping[str, str],
    file_name: str,
    lookups: Mapping[str, str],
) -> RawRelation:
    """Select the rows of one feed out of one raw file of `kind`.

    `blocks` are all blocks that make this feed from it; `types` gives the DuckDB type of each
    column of `raw`, `lookups` for each lookup the select of its `key` and `value`.
    """
    named = frozenset().union(*(block.named for block in blocks))
    joined = [lookup for lookup in kind.lookups if lookup.name in named]
    is_reordered = ROW_ID in named or bool(joined) or len(blocks) > 1
    is_filtered = any(block.where for block in blocks)
    # numbering costs DuckDB's parallel scan, so only where places in the result say nothing
    is_numbered = raw.is_numbered or is_reordered or is_filtered
    lineage = "_row_number, _row, _fault" if is_numbered else "_row, _fault"
    reads = frozenset().union(*(block.reads for block in blocks))
    steps = {
        "raw": numbered(raw) if is_numbered else raw.sql,
        "named": (
            f"select {lineage}, {literal(file_name)} as {FILE_NAME}"
            f"{_listed(named_columns(kind, types, reads))}\nfrom raw"
        ),
    }
    if ROW_ID in named:
        steps |= _identified(kind, source=list(steps)[-1])
    for lookup in joined:
        steps[f"with {lookup.name}"] = (
            f"select raw_rows.*, looked_up.value as {identifier(lookup.name)}"
            f"\nfrom {identifier(list(steps)[-1])} as raw_rows"
            f"\nleft join (\n{lookups[lookup.name]}\n) as looked_up"
            f" on raw_rows.{identifier(lookup.here)} = looked_up.key"
        )
    source = list(steps)[-1]
    columns = tuple(dict.fromkeys(output.column for block in blocks for output in block.outputs))
    for block in blocks:
        steps[f"chosen {block.rows.label}"] = _chosen(block, source)
        steps[f"computed {block.rows.label}"] = _computed(block, lineage)
    steps["feed rows"] = "\nunion all\n".join(
        _selected(block, columns, lineage) for block in blocks
    )
    bodies = ",\n".join(f"{identifier(name)} as (\n{body}\n)" for name, body in steps.items())
    order = "\norder by _row_number, _block" if is_reordered else ""
    return RawRelation(
        sql=f'with {bodies}\nselect * exclude (_block) from "feed rows"{order}',
        columns=columns,
        row_json=raw.row_json,
        is_numbered=is_numbered,
    )


def column_types(connection: duckdb.DuckDBPyConnection, raw: RawRelation) -> dict[str, str]:
    """The DuckDB type of each column of a raw relation."""
    rows = connection.execute(f"describe {raw.sql}").fetchall()
    types = {name: kind for name, kind, *_ in rows}
    return {name: types[name] for name in raw.columns}


def numbered(raw: RawRelation) -> str:
    """The raw relation with row numbers, whatever its reader gives."""
    if raw.is_numbered:
        return raw.sql
    return f"select *, row_number() over () as _row_number from ({raw.sql})"


def named_columns(kind: FileKind, types: Mapping[str, str], wanted: Iterable[str]) -> list[str]:
    """Select items that give `wanted` as text: the first filled of their names, blank as null."""
    items = []
    for name in sorted(wanted):
        texts = [
            _text(identifier(other), types[other])
            for other in (name, *kind.aliases.get(name, ()))
            if other in types
        ]
        filled = [f"case when not {blank(text)} then {text} end" for text in texts]
        value = f"coalesce({', '.join(filled)})" if filled else "null::varchar"
        items.append(f"{value} as {identifier(name)}")
    return items


def _text(expression: str, type_name: str) -> str:
    if type_name == "VARCHAR":
        return expression
    if type_name == ZONED:
        return f"(cast({expression} at time zone 'UTC' as varchar) || 'Z')"
    if type_name == "TIMESTAMP_NS":
        # the contract knows no more than six fraction digits
        return f"cast(cast({expression} as timestamp) as varchar)"
    return f"cast({expression} as varchar)"


def _identified(kind: FileKind, source: str) -> dict[str, str]:
    # the kind is part of it: two kinds of file may say the same of different things
    parts = ", ".join([literal(kind.name), *map(identifier, kind.identity)])
    return {
        "digested": f"select *, md5(cast(to_json([{parts}]) as varchar)) as _digest\nfrom {source}",
        # rows that say the same are told apart by counting; a broken row takes no number away
        "counted": (
            "select *, row_number() over"
            " (partition by _digest, _fault is null order by _row_number) as _copy\nfrom digested"
        ),
        "identified": (
            f"select *, _digest || case when _copy > 1 then '-' || _copy else '' end as {ROW_ID}"
            "\nfrom counted"
        ),
    }


def _chosen(block: CheckedRows, source: str) -> str:
    # a list around a value tells a failed expression (null) from a null value ([null])
    where = f"try({block.where.wrapped})" if block.where else "[true]"
    return (
        f"select *\nfrom (select *, {where} as _where from {identifier(source)})"
        "\nwhere _fault is not null or _where is null or _where[1]"
    )


def _computed(block: CheckedRows, lineage: str) -> str:
    items = [
        f"try({output.expression.wrapped}) as {identifier(output.column)}"
        for output in block.outputs
    ]
    source = identifier(f"chosen {block.rows.label}")
    return f"select {lineage}, _where{_listed(items)}\nfrom {source}"


def _selected(block: CheckedRows, columns: Sequence[str], lineage: str) -> str:
    types = {output.column: output.type for output in block.outputs}
    values = [
        f"{_text(f'{identifier(name)}[1]', types[name]) if name in types else 'null::varchar'}"
        f" as {identifier(name)}"
        for name in columns
    ]
    failures = [("_where", "where"), *((identifier(name), name) for name in types)]
    cases = " ".join(
        f"when {value} is null then {literal(f'{name}: the mapping cannot compute it')}"
        for value, name in failures
    )
    fault = f"case when _fault is not null then _fault {cases} end as _fault"
    kept = lineage.replace("_fault", fault)
    source = identifier(f"computed {block.rows.label}")
    position = block.rows.position
    return f"select {kept}, false as _skip, {position} as _block{_listed(values)}\nfrom {source}"


def _listed(items: Iterable[str]) -> str:
    return "".join(f",\n    {item}" for item in items)
