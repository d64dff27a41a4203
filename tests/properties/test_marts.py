"""The marts that dbt builds equal the reference's, for any company and any day."""

from datetime import timedelta

import pytest
from hypothesis import example, given

from tests.companies.company import Company
from tests.companies.strategies import Case, cases
from tests.properties.marts import built_marts, reference, report
from tests.properties.profiles import few, many, named
from tests.properties.warehouse import Warehouse
from tests.reference.clock import Settings
from tests.reference.feeds import Row

# one worker for all that share the session's warehouse
pytestmark = pytest.mark.xdist_group("warehouse")


def check_against_reference(warehouse: Warehouse, case: Case) -> None:
    company = case.company()
    warehouse.fill(company.delivered, company.settings)
    warehouse.build(company.rules, company.settings, tested=True)
    actual = built_marts(warehouse, company.settings)
    assert report(reference(company.standing(), company, company.settings), actual) == ""


@example(Case(seed=1, companies=25, persons=12, days=60))
@example(Case(seed=2, companies=12, persons=20, days=120))
# long enough for wins to be judged
@example(Case(seed=3, companies=20, persons=10, days=400))
@given(cases())
@few
def test_marts_equal_the_reference(warehouse: Warehouse, case: Case) -> None:
    check_against_reference(warehouse, case)


def test_a_company_without_rows_has_empty_marts(warehouse: Warehouse) -> None:
    company = Case(seed=0, companies=1, persons=1, days=60).company()
    warehouse.fill({feed: [] for feed in company.delivered}, company.settings)
    warehouse.build(company.rules, company.settings)
    marts = built_marts(warehouse, company.settings)
    assert {row["people"] for row in marts.pop("threshold_curve")} == {0}
    # a row for each rule
    assert {row["entered"] for row in marts.pop("scenario_effect")} <= {0}
    assert {row["views"] for row in marts.pop("content_performance")} == {0}
    assert {row["people"] for row in marts.pop("segment_performance")} <= {0}
    assert {name: len(rows) for name, rows in marts.items()} == dict.fromkeys(marts, 0)


@pytest.mark.soak
@given(cases(companies=30))
@many
def test_marts_equal_the_reference_for_long(warehouse: Warehouse, case: Case) -> None:
    check_against_reference(warehouse, case)


def cut(company: Company, settings: Settings) -> dict[str, list[Row]]:
    """Only the standing rows whose day had come by D, and what may stand in for a lead."""
    return {
        feed: [
            row
            for row in rows
            if all(
                settings.local_date(row[name]) <= settings.as_of
                for name in ("occurred_at", "created_at")
                if name in row
            )
        ]
        for feed, rows in company.standing().items()
    }


def check_replay(warehouse: Warehouse, case: Case) -> None:
    company = case.company()
    today = company.settings
    days_back = case.seed % (case.days // 2) + 1
    earlier = Settings(
        **{name: getattr(today, name) for name in today.__slots__}
        | {"as_of": today.as_of - timedelta(days=days_back)}
    )
    warehouse.fill(company.delivered, today)
    warehouse.build(company.rules, earlier)
    replayed = built_marts(warehouse, earlier)
    warehouse.build(company.rules, today)
    expected = reference(company.standing(), company, today)
    assert report(expected, built_marts(warehouse, today)) == ""
    warehouse.fill(cut(company, earlier), earlier)
    warehouse.build(company.rules, earlier)
    assert report(built_marts(warehouse, earlier), replayed) == ""
    assert report(reference(company.standing(), company, earlier), replayed) == ""


@example(Case(seed=11, companies=20, persons=12, days=60))
@given(cases())
@named
def test_an_older_day_from_all_rows_equals_that_day_from_its_own(
    warehouse: Warehouse, case: Case
) -> None:
    check_replay(warehouse, case)


@pytest.mark.soak
@given(cases(companies=20))
@many
def test_older_days_for_long(warehouse: Warehouse, case: Case) -> None:
    check_replay(warehouse, case)
