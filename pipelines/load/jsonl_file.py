"""JSON lines to rows: every value as its text, keys trimmed and in any case."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from pipelines.limits import limits
from pipelines.load.content import has_byte_order_mark
from pipelines.load.encoding import refuse_other_encodings
from pipelines.load.relation import (
    OWN_VALUES_ONLY,
    PATH,
    RawRelation,
    Together,
    UnreadableError,
    blank,
    grouped,
    in_one_line,
    normalized,
    refuse_wide,
)
from pipelines.load.substitute import text_source
from pipelines.sql import identifier, literal

BROKEN = "the line is not a JSON object"
SAMPLED_LINES = 2048
# one row a line, whatever is in it: no text holds this delimiter
LINE_OPTIONS = (
    "auto_detect = false, header = false, columns = {'line': 'VARCHAR'},"
    " delim = '\x01\x02\x03\x04', quote = '', escape = '', comment = '', strict_mode = false,"
    " nullstr = '\x01\x02'"
)
# a number that DuckDB's JSON would round or rewrite, since it reads it as a double, and what it
# takes for a number
FRACTION = r'"\s*:\s*-?([0-9]+[.eE]|NaN|nan|Inf|inf)'
REWRITTEN = r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?"
# DuckDB takes `{"a": 1,}` for JSON
LOOSE_COMMA = r",\s*[}\]]"
ID = "_id"
# the place of an element in its array
INDEX = "_index"
STRING = r'"(?:[^"\\]|\\.)*"'


def ways(
    connection: duckdb.DuckDBPyConnection, path: Path, explode: tuple[str, ...] | None = None
) -> Iterator[RawRelation]:
    """First for files whose lines are all sound and spell each key alike, then for any.

    With `explode`, keys of a line behind which an array is, a file has one row per element.
    """
    source = text_source(connection, path)
    if explode is not None:
        elements = _elements(source, explode)
        yield _any(elements, _keys(connection, path, _as_json(elements)), (INDEX, "_row_number"))
        return
    if not has_byte_order_mark(path):
        sample = f"select json from {_objects(source)} limit {SAMPLED_LINES}"
        try:
            keys = _keys(connection, path, sample)
        except UnreadableError:
            # the other reading copes with it, such as with a longer line, or says what is wrong
            keys = []
        is_plain = not any("\0" in key for key in keys)
        if keys and is_plain and len({normalized(key) for key in keys}) == len(keys):
            yield _uniform(source, keys)
    lines = _lines(source)
    yield _any(lines, _keys(connection, path, _as_json(lines)))


def form_of(path: Path) -> bytes | None:
    """What files have in common that one statement may read; None for one that takes more care."""
    return None if has_byte_order_mark(path) else b""


def ways_together(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]
) -> Iterator[Together]:
    """The same for several files, as if each line could have the keys of all."""
    source = text_source(connection, *paths)
    found = _keys_of_files(connection, f"select json, {PATH} from {_objects(source)}")
    keys = list(dict.fromkeys(key for own in found.values() for key in own))
    is_plain = not any("\0" in key for key in keys)
    if is_plain and len({normalized(key) for key in keys}) == len(keys):
        yield _together(_uniform(source, keys, (PATH,)), found)
    lines = _lines(source, (PATH,))
    found = _keys_of_files(connection, f"select value as json, {PATH} from ({lines})")
    keys = list(dict.fromkeys(key for own in found.values() for key in own))
    yield _together(_any(lines, keys, (PATH,)), found)


def _together(raw: RawRelation, keys: Mapping[Path, Sequence[str]]) -> Together:
    raw = replace(raw, has_path=True, columns=tuple(name for name in raw.columns if name != PATH))
    return Together(
        raw,
        {path: replace(raw, columns=tuple(grouped(found, found))) for path, found in keys.items()},
    )


def _keys_of_files(connection: duckdb.DuckDBPyConnection, query: str) -> dict[Path, list[str]]:
    """By file its keys, as `_keys` has them."""
    rows = connection.execute(
        f"select {PATH}, key"
        f" from (select unnest(keys) as key, unnest(range(len(keys))) as position, line, {PATH}"
        f" from (select json_keys(json) as keys, row_number() over () as line, {PATH}"
        f" from ({query}))) group by all order by {PATH}, min(line), min(position), key"
    ).fetchall()
    found: dict[Path, list[str]] = {}
    for path, key in rows:
        found.setdefault(Path(path), []).append(key)
    for keys in found.values():
        refuse_wide(len(keys))
    return found


def _objects(source: str) -> str:
    """The lines as JSON, in parallel; null for a broken one."""
    options = f"format = 'newline_delimited', ignore_errors = true, {OWN_VALUES_ONLY}"
    return f"read_json_objects({source}, {options})"


def _lines(source: str, own_columns: Sequence[str] = ()) -> str:
    """The lines as text, and as JSON where they are a JSON object."""
    return (
        f"select {''.join(f'{name}, ' for name in own_columns)}"
        "line, case when json_valid(line) then"
        f" case when json_type(line) = 'OBJECT' and not {_is_loose('line')}"
        " then line::json end end as value"
        f" from read_csv({source}, {_line_options()}, {OWN_VALUES_ONLY}) where not {blank('line')}"
    )


def _line_options() -> str:
    return f"{LINE_OPTIONS}, max_line_size = {limits().row_bytes}"


def _as_json(lines: str) -> str:
    return f"select value as json from ({lines})"


def _elements(source: str, keys: Sequence[str]) -> str:
    """The elements of the arrays behind the keys of lines, or of lines that are arrays.

    Anything else is one element, nothing is none; a line that is broken is one.
    """
    path = "$" + "".join(f".{quoted_key(key)}" for key in keys)
    # what is no array may still be taken as it is spelled
    single = f"json_extract(line, {literal(path)})::varchar" if keys else "line"
    # DuckDB takes `[1,]` for JSON
    return (
        "select element as line, case when json_type(element) = 'OBJECT' then element::json end"
        f" as value, place::varchar as {INDEX}, _row_number"
        " from (select unnest(elements) as element, unnest(range(1, len(elements) + 1)) as place,"
        " _row_number from (select _row_number, case"
        f" when not json_valid(line) or {_is_loose('line')} then [to_json(line)::varchar]"
        f" when json_type(line, {literal(path)}) = 'ARRAY'"
        f" then json_extract(line, {literal(path + '[*]')})::varchar[]"
        f" when {str(bool(keys)).lower()}"
        f" and coalesce(json_type(line, {literal(path)}), 'NULL') = 'NULL' then []"
        f" else [{single}] end as elements"
        " from (select line, row_number() over () as _row_number"
        f" from read_csv({source}, {_line_options()}, {OWN_VALUES_ONLY})"
        f" where not {blank('line')})))"
    )


def _is_loose(line: str) -> str:
    # a text stands as 0, so that `[1, "a"]` does not look like `[1, ]`
    return f"regexp_matches(regexp_replace({line}, '{STRING}', '0', 'g'), '{LOOSE_COMMA}')"


def _keys(connection: duckdb.DuckDBPyConnection, path: Path, query: str) -> list[str]:
    """The keys as they are spelled, in the order of their first use."""
    try:
        rows = connection.execute(
            "select key"
            " from (select unnest(keys) as key, unnest(range(len(keys))) as position, line"
            f" from (select json_keys(json) as keys, row_number() over () as line from ({query})))"
            " group by key order by min(line), min(position), key"
        ).fetchall()
    except duckdb.Error as error:
        refuse_other_encodings(path)
        raise UnreadableError(in_one_line(str(error))) from None
    refuse_wide(len(rows))
    return [key for (key,) in rows]


def _uniform(source: str, keys: list[str], own_columns: Sequence[str] = ()) -> RawRelation:
    """Fails on a line that is broken, has a key that the sample lacks, or one twice."""
    names = {name: found[0] for name, found in grouped(keys, keys).items()}
    columns = {name: _exact([key], f"value.{identifier(key)}") for name, key in names.items()}
    structure = ", ".join(f'{quoted_key(key)}: "VARCHAR"' for key in keys)
    rows = (
        f"select json as line, json_transform(json, {literal('{' + structure + '}')}) as value,"
        f" regexp_matches(json, '{FRACTION}') as has_fraction"
        f"{''.join(f', {name}' for name in own_columns)} from {_objects(source)}"
    )
    ids = {name: key for name, key in names.items() if name.endswith(ID)}
    floats = {
        name: _is_float(
            f"json_type(line, {literal('$.' + quoted_key(key))})", f"value.{identifier(key)}"
        )
        for name, key in ids.items()
    }
    kinds = ", ".join(f"{literal(key)}: 'VARCHAR'" for key in keys)
    scan = (
        f"read_json({source}, format = 'newline_delimited', columns = {{{kinds}}},"
        f" {OWN_VALUES_ONLY})"
    )
    selected = "".join(f"{identifier(key)} as {identifier(name)}, " for name, key in names.items())
    is_uniform = _is_uniform(keys)
    fault = f"case when ({is_uniform}) is not true then error('another way')::varchar end"
    own_fraction = literal(f'"({"|".join(map(re.escape, keys))})"' + FRACTION[1:])
    is_plain = (
        f"case when regexp_matches(line, '{FRACTION}')"
        f" then not regexp_matches(line, {own_fraction}) else true end"
    )
    own = {name: name for name in own_columns}
    return RawRelation(
        sql=_sql(columns | own, floats, fault, rows),
        columns=tuple(columns),
        row_json="_row::varchar",
        has_floats=True,
        proven=(
            f"select {selected}null::varchar as _fault, null::varchar as _row,"
            f" null::varchar[] as _floats from {scan}"
        ),
        originals=f"select json as _row from {_objects(source)}",
        # nested numbers are given as DuckDB rewrites them in every reading
        proof=(
            f"select 1 from (select json as line from {_objects(source)})"
            f" where ({is_uniform} and {is_plain}) is not true limit 1"
        ),
    )


def _is_uniform(keys: list[str]) -> str:
    """Whether a line is a JSON object of some of the keys, none of them twice."""
    known = "[" + ", ".join(map(literal, keys)) + "]"
    return (
        f"not regexp_matches(line, '{LOOSE_COMMA}') and case when json_keys(line) = {known}"
        f" then true else list_has_all({known}, json_keys(line))"
        " and len(list_distinct(json_keys(line))) = len(json_keys(line))"
        " and json_type(line) = 'OBJECT' end"
    )


def _any(lines: str, keys: list[str], own_columns: Sequence[str] = ()) -> RawRelation:
    """Copes with broken lines, and with several spellings of a key in one line.

    `own_columns` are those that `lines` has beside `line` and `value`.
    """
    rows = (
        "select line, value, json_keys(value) as keys, json_extract_string(value, '$.*') as texts,"
        " json_type(value, '$.*') as types,"
        f" regexp_matches(line, '{FRACTION}') as has_fraction"
        f"{''.join(f', {name}' for name in own_columns)} from ({lines})"
    )
    columns, floats = {}, {}
    for name, found in grouped(keys, keys).items():
        if any("\0" in key for key in found):
            # no SQL can name it
            columns[name] = "null::varchar"
            continue
        spellings = "[" + ", ".join(map(literal, found)) + "]"
        is_it = f"list_contains({spellings}, keys[place]) and not {blank('texts[place]')}"
        text = f"list_filter(texts, lambda _, place: {is_it})[1]"
        columns[name] = _exact(found, text)
        if name.endswith(ID):
            floats[name] = _is_float(f"list_filter(types, lambda _, place: {is_it})[1]", text)
    columns |= {name: name for name in own_columns}
    fault = f"case when value is null then {literal(BROKEN)} end"
    return RawRelation(
        sql=_sql(columns, floats, fault, rows),
        columns=tuple(name for name in columns if name != "_row_number"),
        is_numbered="_row_number" in own_columns,
        has_floats=True,
        row_json="case when json_valid(_row) then _row else to_json(_row)::varchar end",
    )


def _is_float(type_: str, text: str) -> str:
    """A whole number of many digits is one of DuckDB's floats too, and yet as the line has it."""
    return f"{type_} = 'DOUBLE' and not regexp_full_match({text}, '-?[0-9]+')"


def _sql(columns: dict[str, str], floats: dict[str, str], fault: str, rows: str) -> str:
    selected = "".join(f"{value} as {identifier(name)}, " for name, value in columns.items())
    named = ", ".join(
        f"case when {is_float} then {literal(name)} end" for name, is_float in floats.items()
    )
    return (
        f"select {selected}{fault} as _fault, line as _row,"
        f" case when has_fraction then [{named}]::varchar[] end as _floats from ({rows})"
    )


def _exact(keys: list[str], value: str) -> str:
    """The value, or the digits that the line has for it where it is a fraction."""
    pattern = f'"(?:{"|".join(map(re.escape, keys))})"' + r"\s*:\s*(-?[0-9][0-9.eE+-]*)"
    digits = (
        f"list_filter(regexp_extract_all(line, {literal(pattern)}, 1),"
        f" lambda digits: try_cast(digits as double) = try_cast({value} as double))[1]"
    )
    return (
        f"case when has_fraction then case when regexp_full_match({value}, '{REWRITTEN}')"
        f" then coalesce({digits}, {value}) else {value} end else {value} end"
    )


def quoted_key(key: str) -> str:
    """A key in a JSON document."""
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
