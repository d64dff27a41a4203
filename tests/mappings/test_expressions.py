"""What SQL a mapping may hold."""

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.mappings.expressions import (
    ExpressionError,
    bound_type,
    judge_connection,
    parse_expression,
    refused_functions,
)

Judge = tuple[duckdb.DuckDBPyConnection, frozenset[str]]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    connection = judge_connection()
    yield connection, refused_functions(connection)
    connection.close()


def judged(judge: Judge, text: str) -> tuple[frozenset[str], str]:
    """The columns that an expression reads and the type that it gives."""
    connection, refused = judge
    expression = parse_expression(connection, text, refused)
    return expression.columns, bound_type(connection, expression, expression.columns)


@pytest.mark.parametrize(
    ("text", "columns", "type_name"),
    [
        ("a", {"a"}, "VARCHAR"),
        ("A || ' ' || b", {"a", "b"}, "VARCHAR"),
        ("'constant'", set(), "VARCHAR"),
        ("case a when 'x' then 'y' else b end", {"a", "b"}, "VARCHAR"),
        ("map {'x': 'y'}[a]", {"a"}, "VARCHAR"),
        ("a ->> '$.user.mail'", {"a"}, "VARCHAR"),
        ("a -> '$.user'", {"a"}, "JSON"),
        ("strptime(a, '%d.%m.%Y')", {"a"}, "TIMESTAMP"),
        ("cast(a as timestamp) at time zone 'Asia/Tokyo'", {"a"}, "TIMESTAMP WITH TIME ZONE"),
        ("nullif(nfkc(trim(a)), '')", {"a"}, "VARCHAR"),
        ("a between 'a' and 'b' and b is not null or a in ('x', 'y')", {"a", "b"}, "BOOLEAN"),
        ("list_sum([cast(a as decimal(9, 2)), 1])", {"a"}, "DECIMAL(38,2)"),
        ("a[1:4] -- a comment", {"a"}, "VARCHAR"),
        ("day_end(strptime(a, '%d.%m.%Y'))", {"a"}, "TIMESTAMP"),
        ("day_end(a)", {"a"}, "TIMESTAMP"),
        ("param(a, 'page_location')", {"a"}, "VARCHAR"),
        ("param(_param_pair, b)", {"_param_pair", "b"}, "VARCHAR"),
        ('"Column with blanks"', {"column with blanks"}, "VARCHAR"),
    ],
)
def test_one_value_from_one_row_is_accepted(
    judge: Judge, text: str, columns: set[str], type_name: str
) -> None:
    assert judged(judge, text) == (columns, type_name)


@pytest.mark.parametrize(
    "text",
    [
        "(select max(column0) from read_csv('/etc/passwd'))",
        "(select 1)",
        "a in (select 1)",
        "exists (select 1)",
        "array(select 1)",
        "(from read_text('/etc/passwd'))",
        "read_text('/etc/passwd')",
        "query('select 1')",
        "copy a to '/tmp/stolen'",
        "a; copy (select 1) to '/tmp/stolen'",
        "a)]; drop table leads; select [(a",
        "a)] from leads; select [(a",
        "a)] from read_csv('/etc/passwd') as t(a), (select [(a",
        "a)] union all select [(b",
        "a), (b",
        "a)], [(b",
        "a)] limit all(select [(1",
        "a /* )] from leads",
        "*",
        "columns('.*')",
        "leads.a",
        "count(*)",
        "max(a)",
        "row_number() over ()",
        "now()",
        "current_timestamp::timestamp + 1 + a",
        "age(cast(a as timestamp))",
        "random()",
        "uuid()",
        "nextval('s')",
        "getvariable('x')",
        "current_setting('home_directory')",
        "write_log(a)",
        "sleep_ms(1000)",
        "error(a)",
        "hash(a)",
        "unnest([a, b])",
        "list_transform([a], lambda x: x || b)",
        "day_end((select max(a) from leads))",
        "day_end(now())",
        "temp.main.day_end(a)",
        "param(read_text('/etc/passwd'), 'x')",
        "param(a, max(b))",
        "$1",
        "?",
        "default",
        "",
        "   ",
        "-- only a comment",
    ],
)
def test_anything_else_is_refused(judge: Judge, text: str) -> None:
    with pytest.raises(ExpressionError):
        judged(judge, text)


def test_the_clock_cannot_hide_behind_a_column_name(judge: Judge) -> None:
    """`current_date` parses as a column, so it is one: of the file, or missing from it."""
    connection, refused = judge
    assert parse_expression(connection, "current_date", refused).columns == {"current_date"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("upper(a", "DuckDB: syntax error at or near"),
        ("upperr(a)", "DuckDB: Catalog Error: Scalar Function with name upperr does not exist!"),
        ("a + 1", "DuckDB: Binder Error: No function matches the given name and argument types"),
        ("cast('abc' as integer)", "DuckDB: Conversion Error: Could not convert string 'abc'"),
        ("max(a)", "max() is not allowed: only functions that compute one value from one row"),
        ("(select 1)", "subquery is not allowed: only expressions over one row's columns"),
    ],
)
def test_the_reason_is_told(judge: Judge, text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        judged(judge, text)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_long_expressions_are_read_and_endless_ones_refused(judge: Judge) -> None:
    assert judged(judge, " || ".join(["a"] * 300)) == ({"a"}, "VARCHAR")
    with pytest.raises(ExpressionError):
        judged(judge, " || ".join(["a"] * 5000))


def test_the_judging_connection_reaches_no_file(judge: Judge) -> None:
    connection, _ = judge
    with pytest.raises(duckdb.Error, match="disabled by configuration"):
        connection.execute("select * from read_text('/etc/passwd')")
    with pytest.raises(duckdb.Error, match="locked"):
        connection.execute("set enable_external_access = true")
