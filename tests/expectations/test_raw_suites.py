"""Every expectation on the raw batch that no history is needed for."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache

import duckdb
import pytest

from expectations.raw import suites
from expectations.raw.numbers import suites as numbers_of
from expectations.report import Result
from expectations.suite import Suite
from pipelines.feeds import FEEDS
from tests.expectations.judged import failing, results, shipped_limits, speaking_of
from tests.expectations.warehouse import changed, create_raw, deliver, insert

pytestmark = pytest.mark.xdist_group("great_expectations")

AS_OF = date(2025, 6, 25)
NOON = datetime(2025, 6, 25, 3)
PARAMETERS = {
    "holidays": [],
    "sources": ["landing"],
    "zones": ["Australia/Brisbane"],
    "mapped_web_events": ["cpc"],
    "mapped_mail_events": [],
    "mapped_offline_events": [],
    "mapped_sales_dispositions": ["handed off", "受注"],
    "scenarios": ["warm"],
}

BAD_ROWS: list[tuple[str, set[str]]] = [
    (
        "update raw.load_audit set rows_read = 3 where feed = 'leads'",
        {"leads.audit_adds_up"},
    ),
    (
        "update raw.load_audit set rows_replaced = -1, rows_read = 1 where feed = 'leads'",
        {"leads.audit_counts_not_negative", "leads.replaced_rows_kept"},
    ),
    (
        "insert into raw.load_audit select * from raw.load_audit where feed = 'leads'",
        {"leads.delivery_audited_once"},
    ),
    (
        "delete from raw.load_audit where feed = 'leads'",
        {"leads.loaded_rows_stand"},
    ),
    (
        "delete from raw.leads where lead_id = 'L2'",
        {"leads.loaded_rows_stand"},
    ),
    (
        "update raw.leads set _is_replaced = true where lead_id = 'L2'",
        {"leads.loaded_rows_stand", "leads.replaced_rows_kept"},
    ),
    (
        "delete from raw.quarantine",
        {"web_events.quarantined_rows_kept"},
    ),
    (
        "update raw.leads set lead_id = 'L1'",
        {"leads.key_once"},
    ),
    (
        "update raw.web_events set event_id = null where event_id = 'W1'",
        {"web_events.key_present"},
    ),
    (
        "update raw.web_events set occurred_at = timestamp '2025-06-27 03:00:01'"
        " where event_id = 'W1'",
        {"web_events.no_future_rows"},
    ),
    (
        "update raw.leads set created_at = timestamp '2099-01-01' where lead_id = 'L1'",
        {"leads.no_future_rows"},
    ),
    (
        "update raw.sales_dispositions set disposition = 'called Mr Tanaka'"
        " where disposition_id = 'D1'",
        {"sales_dispositions.dispositions_mapped"},
    ),
    (
        "update raw.web_events set utm_medium = 'push' where event_id in ('W1', 'W2')",
        {"web_events.channels_mapped"},
    ),
    (
        "update raw.enrollments set scenario_id = 'Warm'",
        {"enrollments.scenarios_known"},
    ),
    (
        "update raw.web_events set lead_id = 'unknown'",
        {"web_events.lead_ids_are_known"},
    ),
    (
        "update raw.web_events set lead_id = 'L2.0' where event_id = 'W1'",
        {"web_events.lead_ids_are_no_decimals"},
    ),
    # midnight in Brisbane is eleven in the evening in Tokyo
    (
        "update raw.web_events set occurred_at = timestamp '2025-06-24 14:00:00'",
        {"web_events.dates_keep_their_day"},
    ),
    (
        "update raw.sales_dispositions set amount = -0.01 where disposition_id = 'D1'",
        {"sales_dispositions.numbers_not_negative"},
    ),
    (
        "update raw.quarantine set row_number = 0",
        {"web_events.files_readable"},
    ),
    # two of 22 rows are about nine in a hundred
    (
        "insert into raw.quarantine select * replace (99 as row_number) from raw.quarantine;"
        "update raw.load_audit set rows_quarantined = 2, rows_read = 22 where file = 'w1.csv'",
        {"web_events.few_rows_quarantined"},
    ),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two leads, 20 web events and a bad one, three sales rows, an enrolment; no more."""
    with duckdb.connect(tmp_path_factory.mktemp("raw") / "warehouse.duckdb") as connection:
        create_raw(connection)
        leads = [{"lead_id": name, "created_at": NOON, "updated_at": NOON} for name in ("L1", "L2")]
        deliver(connection, "leads", leads)
        events = [
            {"event_id": f"W{n}", "occurred_at": NOON + timedelta(minutes=n)}
            | {"anonymous_id": "B1", "event_type": "page_view", "lead_id": "L1"}
            | {"utm_medium": " CPC "}
            for n in range(20)
        ]
        deliver(connection, "web_events", events, file="w1.csv")
        connection.execute(
            "update raw.load_audit set rows_read = 21, rows_quarantined = 1 where file = 'w1.csv'"
        )
        refused = {"feed": "web_events", "file": "w1.csv", "row_number": 21, "_delivery": 1}
        refused |= {"source": "landing"}
        insert(connection, "raw.quarantine", [refused])
        sales = [
            {"disposition_id": f"D{n}", "occurred_at": NOON, "disposition": text, "lead_id": "L1"}
            for n, text in enumerate(("Handed Off", "　受注 ", "HANDED OFF"))
        ]
        deliver(connection, "sales_dispositions", sales)
        entry = {"enrollment_id": "E1", "occurred_at": NOON, "scenario_id": "warm"}
        deliver(connection, "enrollments", [entry | {"action": "enter", "lead_id": "L1"}])
        yield connection


@cache
def raw_suites() -> list[Suite]:
    return suites(shipped_limits())


def failures(connection: duckdb.DuckDBPyConnection, change: str, names: set[str]) -> list[Result]:
    """What fails after a change, in the suites of the named expectations."""
    with changed(connection, change) as copy:
        judged = results(copy, speaking_of(raw_suites(), names), AS_OF, **PARAMETERS)
    return [result for result in judged if not result.success]


def test_small_batch_passes(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert failing(results(warehouse, raw_suites(), AS_OF, **PARAMETERS)) == set()


@pytest.mark.parametrize(("change", "expected"), BAD_ROWS)
def test_bad_row_fails(
    warehouse: duckdb.DuckDBPyConnection, change: str, expected: set[str]
) -> None:
    failed = failures(warehouse, change, expected)
    assert {f"{result.table}.{result.name}" for result in failed} == expected
    assert all(result.sample_rows for result in failed)


def test_feeds_without_a_file_pass() -> None:
    with duckdb.connect() as connection:
        create_raw(connection)
        assert failing(results(connection, raw_suites(), AS_OF, **PARAMETERS)) == set()


def test_rows_after_the_reported_day_are_no_future_rows(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    replayed = results(warehouse, raw_suites(), date(2025, 1, 1), **PARAMETERS)
    assert failing(replayed) == set()


def test_a_credit_note_is_no_odd_cost() -> None:
    numbers = {
        feed.name: bool(numbers_of(feed, shipped_limits()))
        for feed in FEEDS
        if any(column.type == "decimal" for column in feed.columns)
    }
    assert numbers == {"sales_dispositions": True, "costs": False}


def test_older_deliveries_no_longer_warn(warehouse: duckdb.DuckDBPyConnection) -> None:
    newer = (
        "update raw.quarantine set row_number = 0;"
        "insert into raw.load_audit values"
        " ('leads', 'next.csv', 0, 0, 0, 0, timestamp '2025-06-27', 1, '2', 'landing')"
    )
    assert failures(warehouse, newer, {"web_events.files_readable"}) == []


def test_samples_name_rows_by_their_place_not_by_their_text(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    (failed,) = failures(
        warehouse,
        "update raw.sales_dispositions set disposition = 'called Mr Tanaka'"
        " where disposition_id = 'D1'",
        {"sales_dispositions.dispositions_mapped"},
    )
    assert failed.sample_rows == [
        {"disposition_id": "D1", "_file": "export.csv", "_delivery": 1, "_row_number": 2}
    ]
