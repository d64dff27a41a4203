"""Each dispatched macro gives the same for odd values, on DuckDB and where it is there on Spark."""

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from pipelines.database import register_functions
from tests.engines.cases import CASES, Case
from tests.engines.rendering import Macros
from tests.engines.sessions import spark_or_skip

Run = Callable[[str], list[tuple[Any, ...]]]
# these make tables and are tested with the materializations
OF_TABLES = {"connected_components", "copy_table", "prepare_engine", "split_part"}
# stands in other macros alone
WITHIN_OTHERS = {"quoted_pattern"}


@pytest.fixture(scope="module")
def on_duckdb() -> Iterator[Run]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        register_functions(connection)
        yield lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def on_spark(tmp_path_factory: pytest.TempPathFactory) -> Run:
    session = spark_or_skip(tmp_path_factory.mktemp("spark"))
    return lambda sql: [tuple(row) for row in session.sql(sql).collect()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.expression[15:50])
def test_duckdb_gives_what_is_expected(case: Case, on_duckdb: Run) -> None:
    check(case, Macros("duckdb", reporting_timezone=case.zone), on_duckdb, duckdb_text)


@pytest.mark.spark
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.expression[15:50])
def test_spark_gives_what_is_expected(case: Case, on_spark: Run) -> None:
    check(case, Macros("spark", reporting_timezone=case.zone), on_spark, spark_text)


def check(case: Case, macros: Macros, run: Run, text: Callable[[str | None], str]) -> None:
    rows = case.rows[:-1] if case.shape == "aggregate" else case.rows
    inputs = [row if case.shape == "aggregate" else row[:-1] for row in rows]
    values = ", ".join(
        f"({number}, {text(one[0])}, {text(one[1] if len(one) > 1 else None)})"
        for number, one in enumerate(inputs)
    )
    expression = macros.rendered(case.expression)
    source = f"(values {values}) as given (number, a, b)"
    if case.shape == "aggregate":
        assert run(f"select {expression} as found from {source}") == [case.rows[-1]]
        return
    found = run(f"select number, {expression} as found from {source} order by number")
    if case.shape == "lists":
        listed: list[list[Any]] = [[] for _ in rows]
        for number, value in found:
            listed[number].append(value)
        assert [sorted(one, key=str) for one in listed] == [
            sorted(row[-1], key=str) for row in rows
        ]
    else:
        assert [(*row[:-1], value) for row, (_, value) in zip(rows, found, strict=True)] == [*rows]


def duckdb_text(text: str | None) -> str:
    return "cast(null as varchar)" if text is None else "'" + text.replace("'", "''") + "'"


def spark_text(text: str | None) -> str:
    if text is None:
        return "cast(null as string)"
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def test_every_dispatched_macro_is_tried() -> None:
    duckdb_macros, spark_macros = Macros("duckdb"), Macros("spark")
    assert spark_macros.dispatched - duckdb_macros.dispatched == {"split_part"}
    assert duckdb_macros.dispatched <= spark_macros.dispatched
    tried = {
        name
        for name in spark_macros.dispatched | {"contains_text"}
        if any(f"lead_funnel.{name}(" in case.expression for case in CASES)
    }
    assert spark_macros.dispatched - tried == OF_TABLES | WITHIN_OTHERS
