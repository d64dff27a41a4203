"""The SQL that turns the rows of one raw file into rows of a feed, still unchecked.

What comes out has the shape of what goes in, a RawRelation under the contract's column names, so
that mapped rows take the same checks as those of a landing folder.
"""

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from pipelines.load.jsonl_file import INDEX
from pipelines.load.relation import RawRelation, blank
from pipelines.mappings.check import ZONED
from pipelines.mappings.checked import CheckedLookup, CheckedRows
from pipelines.mappings.mapping import ELEMENT, ROW_ID, Array, FileKind
from pipelines.sql import identifier, literal


def feed_rows(
    blocks: Sequence[CheckedRows],
    kind: FileKind,
    raw: RawRelation,
    types: Mapping[str, str],
    file_columns: Mapping[str, str],
    lookups: Mapping[str, str],
) -> RawRelation:
    """Select the rows of one feed out of one raw file of `kind`.

    `blocks` are all blocks that make this feed from it; `types` gives the DuckDB type of each
    column of `raw`, `file_columns` the SQL of those that tell of the file, `lookups` for each
    lookup the select of its keys and `value`.
    """
    named = frozenset().union(*(block.named for block in blocks))
    joined = {lookup.name: lookup for block in blocks for lookup in block.lookups}
    is_reordered = ROW_ID in named or bool(joined) or len(blocks) > 1
    is_split = kind.explode is not None
    is_exploded = any(block.rows.explode for block in blocks)
    is_reordered = is_reordered or is_exploded or is_split
    is_filtered = any(block.where for block in blocks)
    # numbering costs DuckDB's parallel scan, so only where places in the result say nothing
    is_numbered = raw.is_numbered or is_reordered or is_filtered
    lineage = "_row_number, _row, _fault" if is_numbered else "_row, _fault"
    reads = frozenset().union(*(block.reads for block in blocks))
    place = "0::bigint"
    if is_split:
        reads |= {INDEX}
        place = f"{INDEX}::bigint"
    steps = {
        "raw": numbered(raw) if is_numbered else raw.sql,
        "named": (
            f"select {lineage}{_listed(f'{sql} as {name}' for name, sql in file_columns.items())}"
            f"{_listed(named_columns(kind, types, reads))}\nfrom raw"
        ),
    }
    if ROW_ID in named:
        order = f"_row_number, {place}" if is_split else "_row_number"
        steps |= _identified(kind, source=list(steps)[-1], order=order)
    for name, lookup in joined.items():
        source = list(steps)[-1]
        steps[f"keys of {name}"] = _keyed(lookup, source)
        steps[f"with {name}"] = _looked_up(lookup, lookups[name], source=f"keys of {name}")
    source = list(steps)[-1]
    columns = tuple(dict.fromkeys(output.column for block in blocks for output in block.outputs))
    for block in blocks:
        rows, place_in_row = source, place
        if block.rows.explode:
            rows, place_in_row = f"exploded {block.rows.label}", "_place"
            steps[rows] = _exploded(block.rows.explode, source)
        steps[f"chosen {block.rows.label}"] = _chosen(block, rows)
        steps[f"computed {block.rows.label}"] = _computed(block, lineage, place_in_row)
    has_keep = any(block.rows.keeps_first for block in blocks)
    steps["feed rows"] = "\nunion all\n".join(
        _selected(block, columns, lineage, has_keep=has_keep) for block in blocks
    )
    bodies = ",\n".join(f"{identifier(name)} as (\n{body}\n)" for name, body in steps.items())
    order = "\norder by _row_number, _block, _place" if is_reordered else ""
    return RawRelation(
        sql=f'with {bodies}\nselect * exclude (_block, _place) from "feed rows"{order}',
        columns=columns,
        row_json=raw.row_json,
        is_numbered=is_numbered,
        has_keep=has_keep,
        notice=raw.notice,
        is_mapped=True,
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
            as_text(identifier(other), types[other])
            for other in (name, *kind.aliases.get(name, ()))
            if other in types
        ]
        filled = [f"case when not {blank(text)} then {text} end" for text in texts]
        value = f"coalesce({', '.join(filled)})" if filled else "null::varchar"
        items.append(f"{value} as {identifier(name)}")
    return items


def as_text(expression: str, type_name: str) -> str:
    if type_name == "VARCHAR":
        return expression
    if type_name == ZONED:
        return f"(cast({expression} at time zone 'UTC' as varchar) || 'Z')"
    if type_name == "TIMESTAMP_NS":
        # the contract knows no more than six fraction digits
        return f"cast(cast({expression} as timestamp) as varchar)"
    if type_name.startswith(("STRUCT", "MAP")) or type_name.endswith("]"):
        return f"cast(to_json({expression}) as varchar)"
    return f"cast({expression} as varchar)"


def _identified(kind: FileKind, source: str, order: str) -> dict[str, str]:
    # the kind is part of it: two kinds of file may say the same of different things
    parts = ", ".join([literal(kind.name), *map(identifier, kind.identity)])
    return {
        "digested": f"select *, md5(cast(to_json([{parts}]) as varchar)) as _digest\nfrom {source}",
        # rows that say the same are told apart by counting; a broken row takes no number away
        "counted": (
            "select *, row_number() over"
            f" (partition by _digest, _fault is null order by {order}) as _copy\nfrom digested"
        ),
        "identified": (
            f"select *, _digest || case when _copy > 1 then '-' || _copy else '' end as {ROW_ID}"
            "\nfrom counted"
        ),
    }


def _keyed(lookup: CheckedLookup, source: str) -> str:
    keys = [
        f"try({here.wrapped}) as _key_{number}" for number, here in enumerate(lookup.here, start=1)
    ]
    return f"select *{_listed(keys)}\nfrom {identifier(source)}"


def _looked_up(lookup: CheckedLookup, table: str, source: str) -> str:
    numbers = range(1, len(lookup.here) + 1)
    keys = [f"_key_{number}" for number in numbers]
    failed = " or ".join(f"{key} is null" for key in keys)
    fault = literal(f"lookup {lookup.name}: the mapping cannot compute it")
    matched = " and ".join(f"{key}[1]::varchar = looked_up.{key[1:]}" for key in keys)
    return (
        f"select keyed.* exclude ({', '.join(keys)}) replace ("
        f"case when _fault is null and ({failed}) then {fault} else _fault end as _fault),"
        f"\n    looked_up.value as {identifier(lookup.name)}"
        f"\nfrom {identifier(source)} as keyed"
        f"\nleft join (\n{table}\n) as looked_up on {matched}"
    )


def _exploded(array: Array, source: str) -> str:
    """One row per element; none for an empty or absent array, one for what is no array."""
    column, fault = identifier(array.column), literal("explode: the mapping cannot compute it")
    return (
        f"select * exclude (_elements),"
        f"\n    unnest(_elements) ->> '$' as {ELEMENT},"
        f"\n    unnest(range(1, len(_elements) + 1)) as _place,"
        f"\n    _place::varchar as {INDEX}"
        f"\nfrom (select * exclude (_elements) replace (case when _fault is null"
        f" and _elements is null then {fault} else _fault end as _fault),"
        "\n    case when _fault is null and _elements is not null then _elements"
        " else [null::json] end as _elements"
        f"\nfrom (select *, case when {column} is null then [] {_elements(array)} end as _elements"
        f"\nfrom {identifier(source)}))"
    )


def _elements(array: Array) -> str:
    """The branches of a case: the elements of a filled column, null where it holds no such."""
    column, path = identifier(array.column), literal(array.path)
    if array.separator is not None:
        trimmed = (
            f"list_transform(string_split({column}, {literal(array.separator)}), lambda p: trim(p))"
        )
        return f"else json_extract(to_json(list_filter({trimmed}, lambda p: p <> '')), '$[*]')"
    # whether it is JSON is asked before it is read, which leaves nothing to fail
    return (
        f"when not json_valid({column}) then null"
        f" when json_type({column}, {path}) = 'ARRAY'"
        f" then json_extract({column}, {literal(array.path + '[*]')})"
        f" when coalesce(json_type({column}, {path}), 'NULL') = 'NULL' then []"
        f" else [json_extract({column}, {path})]"
    )


def _chosen(block: CheckedRows, source: str) -> str:
    # a list around a value tells a failed expression (null) from a null value ([null])
    where = f"try({block.where.wrapped})" if block.where else "[true]"
    return (
        f"select *\nfrom (select *, {where} as _where from {identifier(source)})"
        "\nwhere _fault is not null or _where is null or _where[1]"
    )


def _computed(block: CheckedRows, lineage: str, place: str) -> str:
    items = [
        f"try({output.expression.wrapped}) as {identifier(output.column)}"
        for output in block.outputs
    ]
    source = identifier(f"chosen {block.rows.label}")
    return f"select {lineage}, {place} as _place, _where{_listed(items)}\nfrom {source}"


def _selected(block: CheckedRows, columns: Sequence[str], lineage: str, *, has_keep: bool) -> str:
    types = {output.column: output.type for output in block.outputs}
    values = [
        f"{as_text(f'{identifier(name)}[1]', types[name]) if name in types else 'null::varchar'}"
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
    if has_keep:
        kept += f", {str(block.rows.keeps_first).lower()} as _keeps_first"
    source = identifier(f"computed {block.rows.label}")
    position = block.rows.position
    return (
        f"select {kept}, false as _skip, _place, {position} as _block{_listed(values)}"
        f"\nfrom {source}"
    )


def _listed(items: Iterable[str]) -> str:
    return "".join(f",\n    {item}" for item in items)
