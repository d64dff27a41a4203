"""No false alarm that blocks: marts that are right pass, however odd their company is."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations import privacy
from expectations.catalog import tables_of
from expectations.marts import suites
from tests.companies.company import random_company
from tests.companies.rulebook import as_reference
from tests.expectations.judged import failing, results, shipped_limits
from tests.expectations.warehouse import MARTS, create_mart
from tests.reference.marts import build
from tests.reference.worked import read_mart

pytestmark = pytest.mark.xdist_group("great_expectations")

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "examples-v2"
COMPANIES = sorted(path.name for path in EXAMPLES.glob("company-*"))


def blocking(connection: duckdb.DuckDBPyConnection, as_of: date) -> set[str]:
    tables, limits = tables_of(connection), shipped_limits()
    found = [*suites(limits), *privacy.suites(tables, limits)]
    present = [suite for suite in found if tables.keys() >= set(suite.needs)]
    judged = results(connection, present, as_of)
    return failing(result for result in judged if result.severity == "blocks")


@pytest.mark.skipif(not COMPANIES, reason="no ../shared/examples-v2 beside the project")
@pytest.mark.parametrize("company", COMPANIES)
def test_worked_companies_pass(company: str) -> None:
    folder = EXAMPLES / company
    with duckdb.connect() as connection:
        for path in sorted((folder / "expected").glob("*.csv")):
            if path.stem not in MARTS:
                continue
            rows = read_mart(path)
            filled = [{name: text or None for name, text in row.items()} for row in rows]
            create_mart(connection, path.stem, filled)
        assert (
            blocking(connection, date.fromisoformat((folder / "as_of").read_text().strip()))
            == set()
        )


@pytest.mark.parametrize("seed", [7])
def test_random_companies_pass(seed: int) -> None:
    company = random_company(seed)
    built = build(company.standing(), as_reference(company.rules), company.settings)
    with duckdb.connect() as connection:
        for mart in MARTS:
            create_mart(connection, mart, built[mart])
        assert blocking(connection, company.settings.as_of) == set()
