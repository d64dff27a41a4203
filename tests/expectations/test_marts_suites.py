"""Every expectation on the marts: the good company passes, one bad row each fails by name."""

from collections.abc import Iterator
from functools import cache

import duckdb
import pytest

from expectations import privacy
from expectations.catalog import tables_of
from expectations.marts import suites
from expectations.suite import Suite
from tests.expectations.bad_funnel import BAD_FUNNEL
from tests.expectations.bad_handoffs import BAD_HANDOFFS
from tests.expectations.bad_left_out import BAD_LEFT_OUT
from tests.expectations.judged import failing, results, shipped_limits, speaking_of
from tests.expectations.small_company import create_intermediate, create_marts
from tests.expectations.small_funnel import AS_OF
from tests.expectations.warehouse import changed

pytestmark = pytest.mark.xdist_group("great_expectations")

BAD_ROWS = [*BAD_HANDOFFS, *BAD_FUNNEL, *BAD_LEFT_OUT]

# told by history, which five leads do not have: see test_marts_history.py
BY_HISTORY = {"month_not_fallen", "month_not_risen", "rate_does_not_jump", "rows_find_their_person"}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(tmp_path_factory.mktemp("marts") / "company.duckdb") as connection:
        create_marts(connection)
        create_intermediate(connection)
        yield connection


@cache
def marts_suites() -> list[Suite]:
    return list(suites(shipped_limits()))


def all_suites(connection: duckdb.DuckDBPyConnection) -> list[Suite]:
    tables = tables_of(connection)
    found = [*marts_suites(), *privacy.suites(tables, shipped_limits())]
    return [suite for suite in found if tables.keys() >= set(suite.needs)]


def test_good_company_passes(company: duckdb.DuckDBPyConnection) -> None:
    judged = results(company, all_suites(company), AS_OF)
    assert failing(judged) == set()
    assert len(judged) > 130


@pytest.mark.parametrize(("change", "expected"), BAD_ROWS)
def test_bad_row_fails(company: duckdb.DuckDBPyConnection, change: str, expected: set[str]) -> None:
    with changed(company, change) as copy:
        judged = results(copy, speaking_of(all_suites(copy), expected), AS_OF)
    assert {f"{result.table}.{result.name}" for result in judged if not result.success} == expected
    assert all(result.sample_rows for result in judged if not result.success)


def test_every_expectation_can_fail() -> None:
    names = {one.meta["name"] for suite in marts_suites() for one in suite.expectations}
    failed = {name.split(".")[1] for _, expected in BAD_ROWS for name in expected}
    assert names - failed == BY_HISTORY


def test_empty_marts_pass() -> None:
    with duckdb.connect() as connection:
        create_marts(connection)
        for name in tables_of(connection):
            if name.startswith("marts."):
                connection.execute(f"delete from {name}")
        assert failing(results(connection, all_suites(connection), AS_OF)) == set()
