"""The contract of one feed as SQL over the raw rows of a file."""

from collections.abc import Mapping

import duckdb

from pipelines.feeds import Column, Feed
from pipelines.load.relation import PATH, RawRelation
from pipelines.load.typed import NO_FAULT, SQL_TYPES, Typing, source_name, typing_of
from pipelines.personal.columns import RAW
from pipelines.personal.erased import names_erased, row_names_erased, texts_without_erased
from pipelines.personal.spellings import HIDDEN_AT_SIGN
from pipelines.sql import identifier, literal

# of the hash of an id
HASH_DIGITS = 32
# how the reason begins that is the same for all rows of a file
WHOLE_FILE = "the file"
# the reason of a row that is not loaded since its person was erased
ERASED = "erased"


def checked_rows(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    raw: RawRelation,
    zone: str,
    id_prefix: str = "",
    id_salt: str = "",
) -> str:
    """A select of the feed's typed columns, `_row_number`, `_keeps_first`, `_reason`, `_original`.

    Where the rows have the path of their file, it stands behind `_keeps_first`.

    `_reason` says all that is wrong with a row, null for a good one; `_original` is a bad row as
    JSON. Rows come in the file's order. `zone` is that of instants without an offset; `id_prefix`
    is put before ids, of which addresses are hashed with `id_salt` if there is one. Raises
    UnreadableError for a column that is refused.
    """
    raw.refuse_unread(feed.column_names)
    described = connection.execute(f"describe {raw.sql}").fetchall()
    kinds = {name: kind for name, kind, *_ in described}
    read = {*feed.column_names, *(feed.raw_names if raw.is_mapped else ())} & {*raw.columns}
    typings = {
        column.name: _typing(column, raw, kinds, zone, is_read=column.name in read)
        for column in feed.raw_columns
    }
    sources = ", ".join(f"{t.source} as {source_name(name)}" for name, t in typings.items())
    values = ", ".join(f"{typing.value} as {name}" for name, typing in typings.items())
    number = "_row_number" if raw.is_numbered else "null::bigint as _row_number"
    keep = "_keeps_first" if raw.has_keep else "false as _keeps_first"
    path = f", {PATH}" if raw.has_path else ""
    floats = ", _floats" if raw.has_floats else ""
    faults = ", ".join(_faults(feed, raw, typings))
    reason = f"nullif(concat_ws('; ', {faults}), '')"
    if not raw.suspicion or not absent_columns(feed, raw):
        reason = f"coalesce(_fault, {reason})"
    columns = ", ".join(_completed(column, id_prefix, id_salt) for column in feed.raw_columns)
    return (
        f"select * exclude (_row),"
        f" case when _reason is not null then {raw.row_json} end as _original"
        f" from (select {columns}, _row_number, _keeps_first{path}, _row, {reason} as _reason"
        f" from (select *, {values}"
        f" from (select {sources}, {number}, {keep}{path}, _row, _fault{floats} from ({raw.sql}))))"
    )


def without_erased(
    feed: Feed, rows: str, secret: str, hashes: str, *, has_path: bool = False
) -> str:
    """The checked rows, of which those of erased people keep nothing but the reason `ERASED`.

    `hashes` is the table of their hashes. What other rows say of them is hidden.
    """
    texts = texts_without_erased(feed, secret, hashes)
    columns = ", ".join(
        f"case when not _is_erased then {texts.get(name, name)} end as {name}"
        for name in feed.raw_names
    )
    is_named = names_erased(feed, secret, hashes)
    is_bad_and_named = row_names_erased("_original", secret, hashes)
    path = f" {PATH}," if has_path else ""
    return (
        f"select {columns}, _row_number, _keeps_first,{path}"
        f" case when _is_erased then {literal(ERASED)} else _reason end as _reason,"
        f" case when not _is_erased then _original end as _original"
        f" from (select *, {is_named} or (_reason is not null and {is_bad_and_named}) as _is_erased"
        f" from ({rows}))"
    )


def absent_columns(feed: Feed, raw: RawRelation) -> str | None:
    """What no row can be without and the file has no column for, and what may be the cause."""
    groups = [[column.name] for column in feed.columns if column.required]
    absent = [
        " or ".join(group) for group in (*groups, *feed.one_of) if not set(group) & set(raw.columns)
    ]
    if not absent:
        return None
    suspicion = f" ({raw.suspicion})" if raw.suspicion else ""
    return f"no column {', '.join(absent)}{suspicion}"


def _typing(
    column: Column, raw: RawRelation, kinds: Mapping[str, str], zone: str, *, is_read: bool
) -> Typing:
    if not is_read:
        return typing_of(column, "null::varchar", "VARCHAR", zone)
    is_float = None
    if raw.has_floats:
        is_float = f"coalesce(list_contains(_floats, {literal(column.name)}), false)"
    return typing_of(column, identifier(column.name), kinds[column.name], zone, is_float)


def _faults(feed: Feed, raw: RawRelation, typings: Mapping[str, Typing]) -> list[str]:
    absent = absent_columns(feed, raw)
    faults = [literal(f"{WHOLE_FILE} has {absent}")] if absent else []
    for column in feed.raw_columns:
        if column.required and column.name in raw.columns:
            said = literal(f"{column.name}: required, but blank")
            faults.append(f"case when {source_name(column.name)} is null then {said} end")
        faults.append(typings[column.name].fault)
    for group in feed.one_of:
        if not set(group) & set(raw.columns):
            continue
        blanks = " and ".join(f"{source_name(name)} is null" for name in group)
        said = literal(f"{', '.join(group)}: one of them is required, but all are blank")
        faults.append(f"case when {blanks} then {said} end")
    return [fault for fault in faults if fault != NO_FAULT]


def default_of(column: Column) -> str:
    """What the contract puts for a blank value."""
    if column.default_from:
        return column.default_from
    text = "null" if column.default is None else literal(column.default)
    return f"{text}::{SQL_TYPES[column.type]}"


def _completed(column: Column, id_prefix: str, id_salt: str) -> str:
    value = column.name
    if id_salt and RAW.get(column.name) == "id":
        hashed = f"left(sha256({literal(id_salt)} || {value}), {HASH_DIGITS})"
        is_address = f"regexp_matches({value}, '{HIDDEN_AT_SIGN}')"
        value = f"case when {is_address} then {hashed} else {value} end"
    if id_prefix and column.takes_prefix:
        value = f"{literal(id_prefix)} || {value}"
    if value != column.name:
        return f"{value} as {column.name}"
    if column.default_from or column.default is not None:
        return f"coalesce({column.name}, {default_of(column)}) as {column.name}"
    return column.name
