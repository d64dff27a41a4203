"""JSON lines to rows: every value as its text, keys trimmed and in any case."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.load.content import compression_of, has_byte_order_mark
from pipelines.load.relation import (
    OWN_VALUES_ONLY,
    RawRelation,
    UnreadableError,
    blank,
    file_literal,
    grouped,
    normalized,
)
from pipelines.sql import identifier, literal

BROKEN = "the line is not a JSON object"
SAMPLED_LINES = 2048
# one row a line, whatever is in it: no text holds this delimiter
LINE_OPTIONS = (
    "auto_detect = false, header = false, columns = {'line': 'VARCHAR'},"
    " delim = '\x01\x02\x03\x04', quote = '', escape = '', comment = '', strict_mode = false,"
    " nullstr = '\x01\x02', max_line_size = 100000000"
)
# a number that DuckDB's JSON would round or rewrite, since it reads it as a double
FRACTION = r'"\s*:\s*-?[0-9]+[.eE]'
REWRITTEN = r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?"
# DuckDB takes `{"a": 1,}` for JSON
LOOSE_COMMA = r",\s*[}\]]"
STRING = r'"(?:[^"\\]|\\.)*"'


def ways(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[RawRelation]:
    """First for files whose lines are all sound and spell each key alike, then for any."""
    if not has_byte_order_mark(path):
        sample = f"select json from {_objects(path)} limit {SAMPLED_LINES}"
        keys = _keys(connection, sample)
        if keys and len({normalized(key) for key in keys}) == len(keys):
            yield _uniform(path, keys)
    yield _any(path, _keys(connection, f"select value as json from ({_lines(path)})"))


def _objects(path: Path) -> str:
    """The lines as JSON, in parallel; null for a broken one."""
    options = (
        f"format = 'newline_delimited', ignore_errors = true, {OWN_VALUES_ONLY},"
        f" compression = '{compression_of(path)}'"
    )
    return f"read_json_objects({file_literal(path)}, {options})"


def _lines(path: Path) -> str:
    """The lines as text, and as JSON where they are a JSON object."""
    # a text stands as 0, so that `[1, "a"]` does not look like `[1, ]`
    is_loose = f"regexp_matches(regexp_replace(line, '{STRING}', '0', 'g'), '{LOOSE_COMMA}')"
    return (
        "select line, case when json_valid(line) then"
        f" case when json_type(line) = 'OBJECT' and not {is_loose} then line::json end end as value"
        f" from read_csv({file_literal(path)}, {LINE_OPTIONS}, {OWN_VALUES_ONLY},"
        f" compression = '{compression_of(path)}') where not {blank('line')}"
    )


def _keys(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """The keys as they are spelled, in the order of their first use."""
    try:
        rows = connection.execute(
            "select key"
            " from (select unnest(keys) as key, unnest(range(len(keys))) as position, line"
            f" from (select json_keys(json) as keys, row_number() over () as line from ({query})))"
            " group by key order by min(line), min(position), key"
        ).fetchall()
    except duckdb.Error as error:
        raise UnreadableError(str(error)) from None
    return [key for (key,) in rows]


def _uniform(path: Path, keys: list[str]) -> RawRelation:
    """Fails on a line that is broken, has a key that the sample lacks, or one twice."""
    names = {name: found[0] for name, found in grouped(keys, keys).items()}
    columns = {name: _exact([key], f"value.{identifier(key)}") for name, key in names.items()}
    structure = ", ".join(f'{_quoted(key)}: "VARCHAR"' for key in keys)
    rows = (
        f"select json as line, json_transform(json, {literal('{' + structure + '}')}) as value,"
        f" regexp_matches(json, '{FRACTION}') as has_fraction from {_objects(path)}"
    )
    kinds = ", ".join(f"{literal(key)}: 'VARCHAR'" for key in keys)
    scan = (
        f"read_json({file_literal(path)}, format = 'newline_delimited', columns = {{{kinds}}},"
        f" {OWN_VALUES_ONLY}, compression = '{compression_of(path)}')"
    )
    selected = "".join(f"{identifier(key)} as {identifier(name)}, " for name, key in names.items())
    is_uniform = _is_uniform(keys)
    fault = f"case when ({is_uniform}) is not true then error('another way') end"
    own_fraction = literal(f'"({"|".join(map(re.escape, keys))})"' + FRACTION[1:])
    is_plain = (
        f"case when regexp_matches(line, '{FRACTION}')"
        f" then not regexp_matches(line, {own_fraction}) else true end"
    )
    return RawRelation(
        sql=_sql(columns, fault, rows),
        columns=tuple(columns),
        row_json="_row::varchar",
        proven=f"select {selected}null::varchar as _fault, null::varchar as _row from {scan}",
        # nested numbers are given as DuckDB rewrites them in every reading
        proof=(
            f"select 1 from (select json as line from {_objects(path)})"
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


def _any(path: Path, keys: list[str]) -> RawRelation:
    """Copes with broken lines, and with several spellings of a key in one line."""
    rows = (
        "select line, value, json_keys(value) as keys, json_extract_string(value, '$.*') as texts,"
        f" regexp_matches(line, '{FRACTION}') as has_fraction from ({_lines(path)})"
    )
    columns = {}
    for name, found in grouped(keys, keys).items():
        spellings = "[" + ", ".join(map(literal, found)) + "]"
        text = (
            f"list_filter(texts, lambda text, place: list_contains({spellings}, keys[place])"
            f" and not {blank('text')})[1]"
        )
        columns[name] = _exact(found, text)
    fault = f"case when value is null then {literal(BROKEN)} end"
    return RawRelation(
        sql=_sql(columns, fault, rows),
        columns=tuple(columns),
        row_json="case when json_valid(_row) then _row else to_json(_row)::varchar end",
    )


def _sql(columns: dict[str, str], fault: str, rows: str) -> str:
    selected = "".join(f"{value} as {identifier(name)}, " for name, value in columns.items())
    return f"select {selected}{fault} as _fault, line as _row from ({rows})"


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


def _quoted(key: str) -> str:
    """A key in a JSON document."""
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
