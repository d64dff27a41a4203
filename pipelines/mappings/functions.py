"""Functions of the mappings' own, beside those of DuckDB."""

import duckdb

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


def create_functions(connection: duckdb.DuckDBPyConnection, database: str | None = None) -> None:
    """Create them for this connection alone, or for the views of an attached database."""
    for name, body in FUNCTIONS.items():
        place = f"macro {database}.main.{name}" if database else f"temp macro {name}"
        connection.execute(f"create or replace {place}{body}")
