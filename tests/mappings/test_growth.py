"""Expressions that make much of little: each costs the row that asks for it, and no memory."""

import duckdb
import pytest

from pipelines.mappings.expressions import (
    ExpressionError,
    bound_type,
    judge_connection,
    parse_expression,
    refused_functions,
)
from pipelines.mappings.functions import create_functions

GROWING = [
    *("repeat('ab', n)", "lpad('a', n, 'x')", "rpad('a', n, 'x')", "len(range(n))"),
    *("len(range(0, n))", "len(range(0, n, 1))", "len(generate_series(n))"),
    *("len(generate_series(0, n))", "len(generate_series(0, n, 2))", "len(list_resize([1], n))"),
    *("len(array_resize([1], n, 7))", "len(range(-n, 0))"),
    "strlen(replace(repeat('a', least(n, 9000)), 'a', repeat('b', least(n, 9000))))",
    "levenshtein(repeat('a', least(n, 9000)), repeat('b', least(n, 9000)))",
    "damerau_levenshtein(repeat('a', least(n, 9000)), repeat('b', least(n, 9000)))",
]
CONSTANT = [
    *("repeat('x', 1000000000)", "list_sum(range(1000000000))", "len(list_resize([], 1000000000))"),
    *("lpad('x', 1000000000, 'y')", "len(generate_series(1, 1000000000))"),
]
REFUSED = [
    *(
        "main.repeat('x', 1000000000)",
        "system.main.repeat('x', 3)",
        "format('{:>1000000000}', 'x')",
    ),
    *("printf('%1000000000d', 1)", "format('{:>{}}', 'x', n)", "printf('%*d', n, 1)"),
    *("regexp_replace(n, 'a', n, 'g')", f"regexp_replace(n, '', '{'b' * 1_001}')"),
    "regexp_replace(" * 4 + "n" + ", 'a', 'aaaaaaaaaa', 'g')" * 4,
    *("format(n::varchar, 1)", "bar(1, 0, 1, 1000000000)", "bitstring('1', 1000000000)"),
]


@pytest.fixture(scope="module")
def judge() -> duckdb.DuckDBPyConnection:
    return judge_connection()


@pytest.mark.parametrize("text", GROWING)
def test_a_value_that_asks_for_a_billion_costs_its_row(
    judge: duckdb.DuckDBPyConnection, text: str
) -> None:
    expression = parse_expression(judge, text, refused_functions(judge))
    with duckdb.connect() as connection:
        create_functions(connection)
        rows = connection.execute(
            f"select try({expression.wrapped})[1] from (values (3::bigint), (1000000000),"
            f" (4)) as given(n)"
        ).fetchall()
    assert [row is not None for (row,) in rows] == [True, False, True]


@pytest.mark.parametrize("text", CONSTANT)
def test_a_constant_is_refused_with_what_it_asks_for(
    judge: duckdb.DuckDBPyConnection, text: str
) -> None:
    expression = parse_expression(judge, text, refused_functions(judge))
    with pytest.raises(ExpressionError, match=r"would make more than 100,000 \(limits\.computed"):
        bound_type(judge, expression, frozenset())


@pytest.mark.parametrize("text", REFUSED)
def test_ways_around_are_refused(judge: duckdb.DuckDBPyConnection, text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(judge, text, refused_functions(judge))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("replace('1.234', '.', '')", "1234"),
        ("replace('a', 'b', null)", None),
        ("lpad('7', 3, '0')", "007"),
        ("regexp_replace('a1b2', '[0-9]', '#', 'g')", "a#b#"),
        ("regexp_replace('a1b2', '([0-9])', '<\\1>')", "a<1>b2"),
        ("range(3)::varchar", "[0, 1, 2]"),
        ("generate_series(3, 1, -1)::varchar", "[3, 2, 1]"),
        ("repeat('ab', 2)", "abab"),
        ("printf('%05d', 42)", "00042"),
        ("format('{:>5}', 'a')", "    a"),
        ("levenshtein('ab', 'b')", 1),
    ],
)
def test_ordinary_calls_are_as_before(
    judge: duckdb.DuckDBPyConnection, text: str, expected: object
) -> None:
    expression = parse_expression(judge, text, refused_functions(judge))
    assert judge.execute(f"select {expression.wrapped}[1]").fetchone() == (expected,)
