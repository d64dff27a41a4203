"""What only history tells of the marts: months, rates and shares out of line."""

from datetime import date

import duckdb
import pytest

from expectations.marts import suites
from tests.expectations.judged import failing, results, shipped_limits, speaking_of
from tests.expectations.warehouse import create_mart, create_raw

pytestmark = pytest.mark.xdist_group("great_expectations")

AS_OF = date(2025, 6, 25)


def mart_failures(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    judged = speaking_of(suites(shipped_limits()), {name})
    with connection:
        return failing(results(connection, judged, AS_OF))


def months(counts: list[int]) -> list[date]:
    """As many days as counted in each month, the last of which is May 2025."""
    first = 5 - len(counts)
    return [
        date(2025, first + number, 1 + index % 28)
        for number, count in enumerate(counts, start=1)
        for index in range(count)
    ]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([30, 40, 50, 170], set()),
        ([30, 40, 50, 171], {"month_not_risen"}),
        ([90, 120, 100, 10], set()),
        ([90, 120, 100, 9], {"month_not_fallen"}),
        # too short a history, a series that comes in bursts
        ([40, 50, 260], set()),
        ([40, 0, 50, 260], set()),
    ],
)
def test_the_last_complete_month_is_compared(counts: list[int], expected: set[str]) -> None:
    connection = duckdb.connect()
    days = enumerate(months(counts))
    create_mart(
        connection,
        "fct_handoffs",
        [{"handoff_id": f"D{number}", "handed_off_date": day} for number, day in days],
    )
    assert mart_failures(connection, "fct_handoffs.month_not_risen") == expected


@pytest.mark.parametrize(("ignored", "expected"), [(21, set()), (22, {"rate_does_not_jump"})])
def test_the_ignore_rate_of_a_month_is_compared(ignored: int, expected: set[str]) -> None:
    # before: 16 of 40 were ignored
    connection = duckdb.connect()
    rows = [(date(2025, 3, 1), 20, 8), (date(2025, 4, 1), 20, 8), (date(2025, 5, 1), 30, ignored)]
    create_mart(
        connection,
        "ignore_rate_monthly",
        [
            {"handoff_month": month, "mature_handoffs": mature, "ignored": count}
            for month, mature, count in rows
        ],
    )
    assert mart_failures(connection, "ignore_rate_monthly.rate_does_not_jump") == expected


@pytest.mark.parametrize(
    ("unresolved", "expected"), [(35, set()), (36, {"rows_find_their_person"})]
)
def test_rows_that_suddenly_belong_to_nobody_are_told(unresolved: int, expected: set[str]) -> None:
    # before: 10 of 100 rows belonged to nobody
    connection = duckdb.connect()
    create_raw(connection)
    for month in (4, 5):
        connection.execute(
            "insert into raw.mail_events (event_id, occurred_at, _is_replaced)"
            " select uuid(), make_timestamp(2025, ?, 10, 0, 0, 0), false from range(100)",
            [month],
        )
    rows = [(date(2025, 4, 1), 10), (date(2025, 5, 1), unresolved)]
    create_mart(
        connection,
        "unresolved_events",
        [{"feed": "mail", "month": month, "rows": count} for month, count in rows],
    )
    assert mart_failures(connection, "unresolved_events.rows_find_their_person") == expected
