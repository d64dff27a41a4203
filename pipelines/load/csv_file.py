"""CSV to rows: a strict parallel reading first, a tolerant one for files that need it.

DuckDB's own quarantine, `store_rejects`, loses rows (1.5.5): after an open quote it takes the rest
of the file for one row, a lone carriage return stops it altogether, and it drops empty fields
beyond the header. So `csv_grammar` looks for these itself.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import duckdb

from pipelines.limits import limits
from pipelines.load.content import first_bytes
from pipelines.load.csv_grammar import (
    Signs,
    header_record,
    likely_fault,
    refuse_bad_quotes,
    refuse_mixed_line_ends,
    signs_of,
)
from pipelines.load.encoding import head_of
from pipelines.load.relation import (
    OWN_VALUES_ONLY,
    PATH,
    Dialect,
    RawRelation,
    Together,
    UnreadableError,
    blank,
    first_filled,
    grouped,
    refuse_wide,
    struct_of,
)
from pipelines.load.substitute import text_source
from pipelines.sql import identifier, literal

# stands for a field that the row does not have; an empty field is an empty text
MISSING = "\x01\x02missing\x02\x01"
# how many fields too many are shown in the quarantined row
EXTRA_FIELDS = 100
TOO_MANY_FIELDS = "the row has more fields than the header"
STRICT = "strict_mode = true"
# short rows are padded, which DuckDB does beside quoted line breaks on one thread only
TOLERANT = (
    f"strict_mode = false, null_padding = true, parallel = false, nullstr = {literal(MISSING)}"
)


@dataclass(frozen=True, slots=True)
class CsvFile:
    """One file or several with one header, how DuckDB reads them, and what is known before."""

    paths: tuple[Path, ...]
    dialect: Dialect
    source: str
    names: list[str]
    lines_before: int
    suspicion: str | None


def ways(
    connection: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect
) -> Iterator[RawRelation]:
    """The fastest way first; the second is for files on which DuckDB's strict reading fails."""
    names, lines_before, suspicion = list(dialect.names or ()), 0, None
    if dialect.names is None:
        head = head_of(path)
        names, lines_before = header_record(head, dialect.delimiter)
        suspicion = likely_fault(head, dialect.delimiter)
    if not names:
        empty = "select null::varchar as _fault, null::varchar as _row limit 0"
        yield RawRelation(empty, (), "_row")
        return
    refuse_wide(len(names))
    source = text_source(connection, path)
    file = CsvFile((path,), dialect, source, names, lines_before, suspicion)
    try:
        if len(names) == 1:
            # a bad quote in such a header makes DuckDB pass over all rows
            refuse_bad_quotes(path, dialect.delimiter)
        yield replace(_strict(file), holds=_has_no_extra_field(path, dialect, len(names)))
        refuse_bad_quotes(path, dialect.delimiter)
        refuse_mixed_line_ends(path, dialect.delimiter)
    except UnreadableError as error:
        raise UnreadableError(f"{error}; {suspicion}" if suspicion else str(error)) from None
    yield _tolerant(file)


def form_of(path: Path) -> bytes | None:
    """What files have in common that one statement may read; None for one that takes more care."""
    header, end, _ = first_bytes(path).partition(b"\n")
    try:
        is_plain = re.fullmatch(
            r'[^"\r\n\0\ufeff]*[^"\s\0\ufeff][^"\r\n\0\ufeff]*\r?', header.decode()
        )
    except UnicodeDecodeError:
        return None
    is_table = is_plain and Dialect().delimiter.encode() in header
    return header + end if end and is_table else None


def ways_together(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]
) -> Iterator[Together]:
    """The strict reading of several files of one form, without those that it may not suit."""
    dialect = Dialect()
    names, _ = header_record(head_of(paths[0]), dialect.delimiter)
    refuse_wide(len(names))
    signs = {path: signs_of(path, dialect.delimiter) for path in paths}
    even = [
        path
        for path in paths
        if _is_even(signs[path], len(names)) and _has_sound_quotes(path, dialect.delimiter)
    ]
    if len(even) > 1:
        source = text_source(connection, *even)
        raw = _strict(CsvFile(tuple(even), dialect, source, names, 0, None))
        holds = {path: partial(_holds, signs[path], len(names), 1) for path in even}
        yield Together(raw, {path: replace(raw, holds=holds[path]) for path in even})


def _is_even(signs: Signs, width: int) -> bool:
    """Whether each line seems to have as many fields as the header."""
    lines, rest = divmod(signs.delimiters, width - 1)
    return rest == 0 and signs.line_feeds in (lines - 1, lines)


def _has_sound_quotes(path: Path, delimiter: str) -> bool:
    """Of several files DuckDB says nothing of a quote that one leaves open."""
    try:
        refuse_bad_quotes(path, delimiter)
    except UnreadableError:
        return False
    return True


def _strict(file: CsvFile) -> RawRelation:
    fields = _fields(len(file.names))
    if len(fields) == 1:
        # only here may a line of white space pass as a row, and an empty one as a null
        options = f"{STRICT}, nullstr = {literal(MISSING)}"
        rows = _without_blank_lines(_scan(file, fields, options), fields)
    else:
        rows = _scan(file, fields, f"{STRICT}, nullstr = ''")
    groups = grouped(file.names, fields)
    row, path = struct_of(file.names, fields), f", {PATH}" if file.paths[1:] else ""
    sql = f"select {_selected(groups)}null::varchar as _fault, {row} as _row{path} from {rows}"
    return RawRelation(
        sql,
        tuple(groups),
        "to_json(_row)::varchar",
        has_path=len(file.paths) > 1,
        suspicion=file.suspicion,
    )


def _has_no_extra_field(path: Path, dialect: Dialect, width: int) -> Callable[[int], bool]:
    """A judge of the number of rows: DuckDB drops empty fields behind the last column."""
    # counted while DuckDB reads
    pool = ThreadPoolExecutor(1)
    counted = pool.submit(signs_of, path, dialect.delimiter)
    pool.shutdown(wait=False)
    return lambda rows: _holds(counted.result(), width, int(dialect.names is None), rows)


def _holds(signs: Signs, width: int, headers: int, rows: int) -> bool:
    return not signs.line_ends_differ and signs.delimiters == (width - 1) * (rows + headers)


def _tolerant(file: CsvFile) -> RawRelation:
    fields = _fields(len(file.names) + EXTRA_FIELDS)
    scan = _scan(file, fields, f"{TOLERANT}, max_line_size = {limits().row_bytes}")
    own, extra = fields[: len(file.names)], fields[len(file.names) :]
    groups = grouped(file.names, own)
    row = (
        f"struct_pack(fields := {struct_of(file.names, own)},"
        f" more := list_filter([{', '.join(extra)}], lambda field: field is not null))"
    )
    sql = (
        f"select {_selected(groups)}"
        f"case when {extra[0]} is not null then {literal(TOO_MANY_FIELDS)} end as _fault,"
        f" {row} as _row from {_without_blank_lines(scan, fields)}"
    )
    row_json = (
        "case when len(_row.more) = 0 then to_json(_row.fields) else json_merge_patch("
        "to_json(_row.fields), json_object('beyond the header', _row.more)) end::varchar"
    )
    return RawRelation(sql, tuple(groups), row_json, suspicion=file.suspicion)


def _fields(width: int) -> list[str]:
    return [f"field_{number}" for number in range(width)]


def _scan(file: CsvFile, fields: list[str], options: str) -> str:
    columns = ", ".join(f"'{field}': 'VARCHAR'" for field in fields)
    has_header = str(file.dialect.names is None).lower()
    return (
        f"read_csv({file.source}, auto_detect = false, header = {has_header},"
        f" skip = {file.lines_before}, delim = {literal(file.dialect.delimiter)}, quote = '\"',"
        f" escape = '\"', comment = '',"
        f" columns = {{{columns}}}, {OWN_VALUES_ONLY}, {options})"
    )


def _selected(groups: dict[str, list[str]]) -> str:
    return "".join(f"{first_filled(found)} as {identifier(n)}, " for n, found in groups.items())


def _without_blank_lines(scan: str, fields: list[str]) -> str:
    """DuckDB drops empty lines itself, but not those of white space."""
    missing = "".join(f" and {field} is null" for field in fields[1:])
    is_blank = f"{fields[0]} <> '' and {blank(fields[0])}{missing}"
    return f"(select * from {scan} where ({is_blank}) is not true)"
