"""SQL that turns one raw column into its contract type, and says why it cannot."""

from dataclasses import dataclass

from pipelines.feeds import Column
from pipelines.load.local_time import in_utc
from pipelines.load.relation import WHITE_SPACE, filled
from pipelines.sql import literal

TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
OFFSET = r"(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?"
DATE = r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}/[0-9]{2}/[0-9]{2})"
PATTERNS = {
    "instant": f"{DATE}([T ]{TIME}{OFFSET})?",
    "int": r"[+-]?[0-9]+(\.0)?",
    "decimal": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    "bool": r"(?i:true|false|t|f|yes|no|1|0)",
}
WANTED = {
    "instant": "not a date or time",
    "int": "not a whole number",
    "decimal": "not a decimal number with at most 16 digits before the point",
    "bool": "neither true nor false",
}
EARLIEST, END = "2000-01-01", "2100-01-01"
# no zone is further from UTC
DAY_BEFORE, DAY_AFTER = "1999-12-31", "2100-01-02"
EARLY, LATE = f"before {EARLIEST}", f"on or after {END}"
NO_FAULT = "null::varchar"
SQL_TYPES = {
    "text": "VARCHAR",
    "instant": "TIMESTAMP",
    "int": "BIGINT",
    "bool": "BOOLEAN",
    "decimal": "DECIMAL(18, 2)",
}
FLOATS = ("DOUBLE", "FLOAT")
# below it a double holds every whole number; from it on two ids may have become one
EXACT_FLOATS = 2**53
DIGITS = "-?[0-9]+"
NATIVE_INSTANTS = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
ZONED_INSTANT = "TIMESTAMP WITH TIME ZONE"


@dataclass(frozen=True, slots=True)
class Typing:
    """How one column is read, in three steps of SQL.

    `source` is computed from the raw column and null where that is blank; `value` is computed
    from the source, which stands under `source_name`; `fault` from both, the value standing
    under the column's own name. It is null for a good value.
    """

    source: str
    value: str
    fault: str


def source_name(column: str) -> str:
    return f"source_{column}"


def typing_of(
    column: Column, raw: str, kind: str, zone: str, is_float: str | None = None
) -> Typing:
    """Read `raw`, of the DuckDB type `kind`, as `column`.

    `zone` is the time zone of instants without an offset; `is_float` a condition for texts that
    their file has as a float.
    """
    source = source_name(column.name)
    if column.is_id and (kind in FLOATS or is_float):
        return _float_id(column.name, raw, kind, is_float)
    if column.type == "text":
        wanted = "id" if column.is_id else "text"
        return Typing(filled(_text(raw, kind, wanted)), source, _domain_fault(column))
    if column.type == "instant" and kind in (*NATIVE_INSTANTS, ZONED_INSTANT):
        return _native_instant(column.name, raw, kind, zone)
    is_bad = f"{source} is not null and {column.name} is null"
    faults = f" when {is_bad} then {_said(column.name, WANTED[column.type])}"
    if column.type == "instant":
        # Parquet has instants of years that no text of the grammar can say
        late = f"regexp_full_match({source}, '[0-9]{{5,}}-.*')"
        early = f"regexp_full_match({source}, '-[0-9]+-.*')"
        faults = (
            f" when {is_bad} and {late} then {_said(column.name, LATE)}"
            f" when {is_bad} and {early} then {_said(column.name, EARLY)}{faults}"
            f"{_range_faults(column.name)}"
        )
    return Typing(
        source=filled(_text(raw, kind, column.type)),
        value=_parsed(column.type, source, zone),
        fault=f"case{faults} end",
    )


def _native_instant(name: str, raw: str, kind: str, zone: str) -> Typing:
    """Out of range is told before anything is computed that may not be there to compute."""
    source = source_name(name)
    if kind == ZONED_INSTANT:
        shifted = f"timezone('UTC', {source})"
    else:
        shifted = in_utc(f"{source}::timestamp", zone)
    is_near = f"{source} between '{DAY_BEFORE}'::{kind} and '{DAY_AFTER}'::{kind}"
    return Typing(
        source=raw,
        value=f"case when {is_near} then {shifted} end",
        fault=(
            f"case when {source} < '{DAY_BEFORE}'::{kind} then {_said(name, EARLY)}"
            f" when {source} > '{DAY_AFTER}'::{kind} then {_said(name, LATE)}"
            f"{_range_faults(name)} end"
        ),
    )


def _float_id(name: str, raw: str, kind: str, is_float: str | None) -> Typing:
    """A column of ids becomes one of floats where a tool wrote it that has no blank integers."""
    source = source_name(name)
    number = raw if kind in FLOATS else f"try_cast({raw} as double)"
    digits = (
        f"case when isnan({number}) then null"
        f" when {number} = trunc({number}) and abs({number}) < {EXACT_FLOATS}"
        f" then {number}::bigint::varchar else {raw}::varchar end"
    )
    if is_float:
        digits = f"case when {is_float} then {digits} else {raw} end"
    is_whole = f"try_cast({source} as double) % 1 = 0"
    fault = (
        f"case when {is_float or 'true'} and not regexp_full_match({source}, '{DIGITS}') then case"
        f" when {is_whole} then {_said(name, 'too large a number for a float to hold exactly')}"
        f" else {_said(name, WANTED['int'])} end end"
    )
    return Typing(filled(digits), source, fault)


def _text(raw: str, kind: str, wanted: str) -> str:
    """The value as text, the way a CSV would have had it."""
    if kind == "VARCHAR":
        return raw
    if kind in FLOATS:
        plain = f"{raw}::varchar"
        if wanted in ("int", "bool", "decimal"):
            # a whole float is an int of a column with nulls, to the tools that write Parquet
            whole = f"when {raw} = trunc({raw}) and abs({raw}) < 1e18 then {raw}::hugeint::varchar"
            tiny = f"when abs({raw}) < 0.0001 then '0'" if wanted == "decimal" else ""
            plain = f"case {whole} {tiny} else {plain} end"
        return f"case when not isnan({raw}) then {plain} end"
    if kind.startswith("DECIMAL") and wanted in ("int", "bool", "id"):
        return f"regexp_replace({raw}::varchar, '\\.0+$', '')"
    return f"{raw}::varchar"


def _parsed(kind: str, source: str, zone: str) -> str:
    pattern = PATTERNS[kind]
    padded = f"{WHITE_SPACE}*({pattern}){WHITE_SPACE}*"
    trimmed = f"regexp_replace({source}, '^{WHITE_SPACE}+|{WHITE_SPACE}+$', '', 'g')"
    return (
        f"case when regexp_full_match({source}, {literal(pattern)})"
        f" then {_cast(kind, source, zone)}"
        f" when regexp_full_match({source}, {literal(padded)})"
        f" then {_cast(kind, trimmed, zone)} end"
    )


def _cast(kind: str, text: str, zone: str) -> str:
    """The value of a text that has the form of its type; null where it has none nevertheless."""
    if kind == "int":
        return f"try_cast(regexp_replace({text}, '\\.0$', '') as bigint)"
    if kind == "decimal":
        return f"try_cast({text} as decimal(18, 2))"
    if kind == "bool":
        return f"lower({text}) in ('true', 't', 'yes', '1')"
    return _instant(text, zone)


def _instant(name: str, zone: str) -> str:
    """A text of the instant grammar in UTC; null for a day that the calendar lacks."""
    # DuckDB reads an offset only behind seconds, and a plain timestamp ignores it
    with_seconds = (
        f"case when substr({name}, 17, 1) in ('Z', '+', '-')"
        f" then substr({name}, 1, 16) || ':00' || substr({name}, 17) else {name} end"
    )
    signs = " or ".join(f"substr({name}, {place}, 1) in ('+', '-')" for place in (-6, -5, -3))
    has_offset = f"length({name}) > 16 and ({signs})"
    local = f"try_cast({with_seconds} as timestamp)"
    shifted = f"timezone('UTC', try_cast({with_seconds} as timestamptz))"
    if zone == "UTC":
        return f"case when {has_offset} then {shifted} else {local} end"
    return (
        f"case when {has_offset} then {shifted} when ends_with({name}, 'Z') then {local}"
        f" else {in_utc(local, zone)} end"
    )


def _range_faults(column: str) -> str:
    return (
        f" when {column} < timestamp '{EARLIEST}' then {_said(column, EARLY)}"
        f" when {column} >= timestamp '{END}' then {_said(column, LATE)}"
    )


def _domain_fault(column: Column) -> str:
    if not column.domain:
        return NO_FAULT
    allowed = ", ".join(map(literal, column.domain))
    said = _said(column.name, f"not one of {' '.join(column.domain)}")
    return f"case when {column.name} not in ({allowed}) then {said} end"


def _said(column: str, fault: str) -> str:
    """`column: fault: "value"` as a SQL text."""
    shown = f"to_json({source_name(column)}::varchar)::varchar"
    return f"{literal(f'{column}: {fault}: ')} || {shown}"
