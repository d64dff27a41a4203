"""What SQL a mapping may hold: pure scalar expressions over the columns of one row.

The text is parsed by DuckDB itself, and its parse tree must consist of the node classes and the
functions named here. So a subquery, a table function, a second statement, a clause smuggled in
behind a bracket, an aggregate, a clock and a random number are all refused, whatever they are
spelled like.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.database import register_functions
from pipelines.load.relation import normalized
from pipelines.mappings.functions import BOUNDED_NAMES, FUNCTIONS, create_functions
from pipelines.sql import identifier

ALLOWED_CLASSES = frozenset(
    {
        *("BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION"),
        *("CONSTANT", "FUNCTION", "LAMBDA", "OPERATOR"),  # `->` on JSON parses as a lambda
    }
)
# these call themselves consistent, but read the session or the clock, or differ between versions
SESSION_FUNCTIONS = frozenset(
    {
        *("age", "current_localtime", "current_localtimestamp", "current_setting", "getvariable"),
        *("bar", "bitstring", "create_sort_key", "hash", "stats", "version"),
        *("json_deserialize_sql", "json_serialize_plan", "json_serialize_sql"),
    }
)
# the names that a lambda brings cannot be told from columns
LAMBDA_FUNCTIONS = frozenset(
    {
        *("apply", "array_apply", "array_transform", "list_apply", "list_transform"),
        *("array_filter", "array_reduce", "filter", "list_filter", "list_reduce", "reduce"),
    }
)
# text with numbers of any width
FORMATS = frozenset({"format", "printf"})
# of all replacements of an expression together
MOST_GROWTH = 1_000
ALLOWED_MACROS = frozenset(
    {
        *("days_in_month", "fdiv", "fmod", "nullif", "round_even", "split_part"),
        *("array_to_string", "json", "list_any_value", "list_avg", "list_count", "list_first"),
        *("list_last", "list_max", "list_min", "list_string_agg", "list_sum"),
        *FUNCTIONS,
        *BOUNDED_NAMES,
    }
)


class ExpressionError(Exception):
    """The text is not an expression that a mapping may hold, or DuckDB refuses it."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression; `columns` are the normalized names that it reads."""

    text: str
    columns: frozenset[str]

    @property
    def wrapped(self) -> str:
        """The text in exactly the brackets that were checked: a list of one element."""
        return _wrap(self.text)


def judge_connection() -> duckdb.DuckDBPyConnection:
    """An empty database that reaches nothing outside itself, to judge expressions on."""
    connection = duckdb.connect(":memory:", config={"enable_external_access": "false"})
    connection.execute("set TimeZone = 'UTC'")
    register_functions(connection)
    create_functions(connection)
    connection.execute("set lock_configuration = true")
    return connection


def refused_functions(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Names of the functions that a mapping may not call, of all that the database knows."""
    rows = connection.execute(
        """
        with judged as (
            select
                function_name,
                function_type like 'table%' or function_type = 'pragma' as is_table,
                function_type = 'scalar'
                and stability = 'CONSISTENT'
                and not has_side_effects
                and not starts_with(function_name, '__') as is_pure
            from duckdb_functions()
        )
        -- some pure functions have a table function of the same name, which no expression can call
        select function_name, bool_or(is_pure) and bool_and(is_pure or is_table)
        from judged
        group by function_name
        """
    ).fetchall()
    # a name that the database does not know at all is left to its own message
    impure = frozenset(name for name, is_pure in rows if not is_pure)
    return (impure - ALLOWED_MACROS) | SESSION_FUNCTIONS | LAMBDA_FUNCTIONS


def parse_expression(
    connection: duckdb.DuckDBPyConnection, text: str, refused: frozenset[str]
) -> Expression:
    """Check that `text` is one pure scalar expression; raises ExpressionError otherwise."""
    (answer,) = connection.execute(
        "select json_serialize_sql(?)", [f"select {_wrap(text)}"]
    ).fetchone() or ("",)
    try:
        tree = json.loads(answer)
    except RecursionError:
        raise ExpressionError("is nested too deeply") from None
    if tree["error"]:
        raise ExpressionError(f"DuckDB: {tree['error_message']}")
    root = _only_expression(tree["statements"])
    _refuse_growth(root)
    columns = set()
    for node in _nodes(root):
        _check_node(node, refused)
        if node["class"] == "COLUMN_REF":
            columns.add(_column(node))
    return Expression(text, frozenset(columns))


def bound_type(
    connection: duckdb.DuckDBPyConnection, expression: Expression, columns: frozenset[str]
) -> str:
    """The type that DuckDB gives the expression over text columns; raises ExpressionError."""
    source = ", ".join(f"cast(null as varchar) as {identifier(name)}" for name in sorted(columns))
    statement = f"select {expression.wrapped}[1] as value from (select {source or 'null'})"
    try:
        # one row of nulls is evaluated too: a constant that does not parse shows here
        relation = connection.sql(statement)
        relation.fetchall()
    except duckdb.Error as error:
        raise ExpressionError(f"DuckDB: {first_line(error)}") from None
    return str(relation.types[0])


def first_line(error: Exception) -> str:
    """What DuckDB said, without the excerpt of a statement that the user did not write."""
    return str(error).strip().split("\n", 1)[0].strip()


def _wrap(text: str) -> str:
    # the line breaks keep a trailing comment from swallowing the bracket
    return f"[(\n{text}\n)]"


def _only_expression(statements: list[dict[str, Any]]) -> dict[str, Any]:
    node = statements[0]["node"] if len(statements) == 1 else {}
    expected: dict[str, Any] = {
        "type": "SELECT_NODE",
        "modifiers": [],
        "where_clause": None,
        "group_expressions": [],
        "group_sets": [],
        "having": None,
        "sample": None,
        "qualify": None,
    }
    is_plain = (
        all(node.get(key) == value for key, value in expected.items())
        and node["from_table"]["type"] == "EMPTY"
        and not node["cte_map"]["map"]
        and len(node["select_list"]) == 1
        and node["select_list"][0].get("function_name") == "list_value"
        and len(node["select_list"][0]["children"]) == 1
    )
    if not is_plain:
        raise ExpressionError("must be one expression over the columns of a row")
    expression: dict[str, Any] = node["select_list"][0]["children"][0]
    return expression


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    # a stack, for a long chain of operators nests deeper than Python calls can
    rest = [tree]
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            if "class" in value:
                yield value
            rest.extend(value.values())
        elif isinstance(value, list):
            rest.extend(value)


def _check_node(node: dict[str, Any], refused: frozenset[str]) -> None:
    node_class = node["class"]
    if node_class not in ALLOWED_CLASSES or node["type"] == "GROUPING_FUNCTION":
        name = node["type"].lower().replace("_", " ")
        raise ExpressionError(f"{name} is not allowed: only expressions over one row's columns")
    if node_class == "FUNCTION":
        name = node["function_name"].lower()
        is_plain = not node["filter"] and not node["distinct"] and not node["order_bys"]["orders"]
        # a bounded function goes by its plain name alone
        schemas = ("",) if name in BOUNDED_NAMES else ("", "main")
        is_built_in = node["schema"] in schemas and not node["catalog"]
        if name in refused or not is_plain or not is_built_in:
            raise ExpressionError(
                f"{name}() is not allowed: only functions that compute one value from one row"
            )
        if name in FORMATS and not _is_short_format(node["children"][0]):
            raise ExpressionError(
                f"{name}() wants a format that is a text, with widths below 1,000 in it"
            )


def _refuse_growth(root: dict[str, Any]) -> None:
    """Refuse regular expressions that make much of little; no macro can stand before those."""
    growth = 1
    for node in _nodes(root):
        if node["class"] == "FUNCTION" and node["function_name"].lower() == "regexp_replace":
            new = _constant(node["children"][2]) if len(node["children"]) > 2 else None
            if new is None:
                raise ExpressionError("regexp_replace() wants a replacement that is a text")
            growth *= max(len(new), 1)
    if growth > MOST_GROWTH:
        raise ExpressionError(f"regexp_replace() may make a text {MOST_GROWTH:,} times as long")


def _constant(node: dict[str, Any]) -> str | None:
    """A text that stands in the expression."""
    value = node["value"]["value"] if node["class"] == "CONSTANT" else None
    return value if isinstance(value, str) else None


def _is_short_format(node: dict[str, Any]) -> bool:
    """Whether no width in it is long, or comes from a value."""
    text = _constant(node)
    return text is not None and not re.search(r"[0-9]{4}|\*|\{[^}]*\{", text)


def _column(node: dict[str, Any]) -> str:
    names = node["column_names"]
    if len(names) != 1:
        raise ExpressionError(f"{'.'.join(names)} is not allowed: name the column alone")
    return normalized(names[0])
