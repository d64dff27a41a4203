"""Functions of the mappings' own, beside those of DuckDB."""

import re

import duckdb

from pipelines.limits import limits
from pipelines.sql import literal

# `day_end(moment)`: the last microsecond of the day, for dates that are written without a time.
# `param(pairs, 'key')`: the value of a key in a JSON list of {"key", "value"}, of which the value
# may be an object that holds it under the name of its type, as in the exports of GA4.
# what a lambda names must not be what a mapping may name in the arguments
FUNCTIONS = {
    "day_end": (
        "(moment) as date_trunc('day', cast(moment as timestamp))"
        " + interval 1 day - interval 1 microsecond"
    ),
    "param": (
        "(pairs, name) as list_filter(list_transform("
        "list_filter(json_extract(cast(pairs as json), '$[*]'),"
        " lambda _param_pair: _param_pair ->> '$.key' = name),"
        " lambda _param_pair: case json_type(_param_pair, '$.value') when 'OBJECT' then coalesce("
        "_param_pair ->> '$.value.string_value', _param_pair ->> '$.value.int_value',"
        " _param_pair ->> '$.value.float_value', _param_pair ->> '$.value.double_value')"
        " else _param_pair ->> '$.value' end),"
        " lambda _param_value: _param_value is not null)[1]"
    ),
}


# Functions of DuckDB that make much of little: their arguments, the length that a call asks for, as
# how many times the limit, and the argument that says so. A macro of the same name goes before
# each, and calls it with an argument that cannot be computed where it asks for too much.
BOUNDED = (
    ("repeat", "text, times", "strlen(text) * times", 1, "times"),
    ("lpad", "text, times, filler", "times", 1, "times"),
    ("rpad", "text, times, filler", "times", 1, "times"),
    *(
        signature
        for name in ("range", "generate_series")
        for signature in (
            (name, "until", "until", 1, "until"),
            (name, "since, until", "until - since", 1, "until"),
            (name, "since, until, step", "(until - since) / step", 1, "until"),
        )
    ),
    *(
        (name, arguments, "size", 1, "size")
        for name in ("list_resize", "array_resize")
        for arguments in ("items, size", "items, size, value")
    ),
    # these may be long to begin with
    ("replace", "text, old, new", "strlen(text) * strlen(new)", 100, "new"),
    ("levenshtein", "text, other", "strlen(text) * strlen(other)", 100, "other"),
    ("damerau_levenshtein", "text, other", "strlen(text) * strlen(other)", 100, "other"),
)
TEXT_ARGUMENTS = ("new", "other")
BOUNDED_NAMES = frozenset(name for name, *_ in BOUNDED)


def create_functions(connection: duckdb.DuckDBPyConnection, database: str | None = None) -> None:
    """Create them for this connection alone, or for the views of an attached database."""
    kind, place = ("macro", f"{database}.main.") if database else ("temp macro", "")
    bodies = {name: [body] for name, body in FUNCTIONS.items()}
    for signature in BOUNDED:
        bodies.setdefault(signature[0], []).append(_bounded(*signature))
    for name, overloads in bodies.items():
        connection.execute(f"create or replace {kind} {place}{name}{', '.join(overloads)}")


def _bounded(name: str, arguments: str, length: str, times: int, argument: str) -> str:
    most = limits().computed_length * times
    said = literal(f"{name}() would make more than {most:,} (limits.computed_length)")
    # fails only when it is computed, and is as `try` wants it: never another value
    failed = f"cast({said} || left({argument}::varchar, 0) as bigint)"
    if argument in TEXT_ARGUMENTS:
        failed = f"{failed}::varchar"
    # of a null nothing is asked
    bound = f"case when {length} > {most} then {failed} else {argument} end"
    if name in ("lpad", "rpad"):
        bound = f"({bound})::integer"
    given = re.sub(rf"\b{argument}\b", bound, arguments)
    return f"({arguments}) as system.main.{name}({given})"
