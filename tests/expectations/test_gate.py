"""Both gates on a small warehouse file, as a run calls them."""

import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from expectations import gate
from expectations.limits import read_limits
from expectations.marts import suites as gate_suites
from expectations.report import GateReport
from pipelines.rules import load_rules
from pipelines.settings import PROJECT, Settings, Source
from tests.expectations.small_company import create_marts
from tests.expectations.small_funnel import AS_OF
from tests.expectations.warehouse import create_raw, deliver

# the others come with later issues, and are not missed before
MARTS = (
    "unresolved_events",
    "fct_touchpoints",
    "fct_handoffs",
    "ignore_rate",
    "ignore_rate_monthly",
)

pytestmark = pytest.mark.xdist_group("great_expectations")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose warehouse holds one lead and the small company's marts."""
    settings = Settings(home=tmp_path, sources=(Source(landing=tmp_path),), as_of=AS_OF)
    with duckdb.connect(str(settings.warehouse)) as connection:
        create_raw(connection)
        created = datetime(2025, 6, 25, 1)
        lead = {"lead_id": "L1", "created_at": created, "updated_at": created}
        deliver(connection, "leads", [lead])
        create_marts(connection, MARTS)
    return settings


def run_raw_gate(settings: Settings, run_id: str) -> GateReport:
    rules, limits = load_rules(settings.rules), read_limits(settings.gates)
    return gate.run_raw_gate(settings, rules, limits, run_id)


def run_marts_gate(
    settings: Settings, run_id: str, states: dict[str, str] | None = None
) -> GateReport:
    return gate.run_marts_gate(settings, read_limits(settings.gates), run_id, states)


def change(settings: Settings, statement: str) -> None:
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(statement)


def test_a_good_batch_and_good_marts_pass(settings: Settings) -> None:
    for report in (run_raw_gate(settings, "run-1"), run_marts_gate(settings, "run-1")):
        assert report.results
        assert not report.failed_blocking
        assert not report.warnings
        kept = settings.gate_results / "run-1" / f"{report.gate}.json"
        assert len(json.loads(kept.read_text(encoding="utf-8"))["results"]) == len(report.results)


def test_what_is_impossible_blocks_and_is_told_with_its_row(settings: Settings) -> None:
    change(settings, "update raw.load_audit set rows_read = 2")
    change(settings, "update marts.ignore_rate set sal_rate = 1.5 where sales_team = 'west'")
    assert run_raw_gate(settings, "run-2").text().splitlines()[1:] == [
        "  blocks  leads audit_adds_up (rows_read, rows_accounted): rows read are those loaded,"
        " replaced and quarantined",
        "          rows_read 2, rows_accounted 1",
        "          file=export.csv  delivery=1  rows_read=2  rows_accounted=1",
    ]
    report = run_marts_gate(settings, "run-2")
    assert [result.name for result in report.failed_blocking] == [
        "sal_rate_is_a_share",
        "sal_rate_follows_from_counts",
    ]
    assert report.failed_blocking[0].observed == "1 of 3 rows"
    assert (
        "handoff_month=2025-05-01  sales_team=west  routed_by=adr  lead_source=web"
        "  account_tier=none  fit_grade=A  sal_rate=1.5" in report.text()
    )


def test_a_mart_that_was_not_built_blocks(settings: Settings) -> None:
    for mart in MARTS[2:]:
        change(settings, f"drop table marts.{mart}")
    report = run_marts_gate(settings, "run-1")
    assert {(result.table, result.name) for result in report.failed_blocking} == {
        (mart, "table_exists") for mart in MARTS[2:]
    }


def test_what_is_improbable_blocks_where_the_company_says_so(settings: Settings) -> None:
    change(settings, "update marts.ignore_rate_monthly set is_feed_stale = true")
    gates = {"marts": {"stale_sales_feed": {"severity": "blocks"}}}
    report = run_marts_gate(settings.replace(gates=gates), "run-1")
    assert [result.name for result in report.failed_blocking] == ["sales_feed_is_fresh"]
    assert not report.warnings


def judged_by(report: GateReport, run_id: str) -> set[str]:
    return {result.suite for result in report.results if result.run_id == run_id}


def test_only_suites_on_changed_tables_are_judged_again(settings: Settings) -> None:
    states = {f"marts.{mart}": "1" for mart in MARTS}
    first = run_marts_gate(settings, "run-1", states)
    # what the state says counts: nobody else writes to the tables of the warehouse
    change(settings, "update marts.ignore_rate set sal_rate = 1.5 where sales_team = 'west'")
    same = run_marts_gate(settings, "run-2", states)
    # of raw rows no state is known
    assert judged_by(same, "run-2") == {"unresolved_share", "known_people", "known_people_written"}
    assert [one.name for one in same.results] == [one.name for one in first.results]
    kept = sum(one.run_id == "run-1" for one in same.results)
    assert same.text().endswith(f"; {kept} verdicts of earlier runs kept")

    changed = run_marts_gate(settings, "run-3", states | {"marts.ignore_rate": "2"})
    assert judged_by(changed, "run-3") == {
        suite.name
        for suite in gate_suites(read_limits())
        if "marts.ignore_rate" in suite.needs and suite.name in judged_by(first, "run-1")
    } | {"ignore_rate_privacy", "unresolved_share", "known_people", "known_people_written"}
    assert {one.table for one in changed.failed_blocking} == {"ignore_rate"}


def test_what_blocked_or_reads_another_day_is_judged_again(settings: Settings) -> None:
    states = {f"marts.{mart}": "1" for mart in MARTS}
    change(settings, "create table good as from marts.ignore_rate")
    change(settings, "update marts.ignore_rate set sal_rate = 1.5 where sales_team = 'west'")
    assert run_marts_gate(settings, "run-1", states).failed_blocking
    change(settings, "create or replace table marts.ignore_rate as from good")
    again = run_marts_gate(settings, "run-2", states)
    assert not again.failed_blocking
    assert judged_by(again, "run-1") == set()

    later = settings.replace(as_of=AS_OF + timedelta(days=1))
    on_dates = judged_by(run_marts_gate(later, "run-3", states), "run-3")
    assert "fct_handoffs_dates" in on_dates
    assert "ignore_rate_privacy" not in on_dates


def test_suites_say_which_tables_they_read() -> None:
    schemas = "marts|intermediate|staging|rules|kept|raw|main"
    for suite in gate_suites(read_limits()):
        queries = " ".join([suite.query, *suite.evidence.values()])
        assert set(re.findall(rf"\b(?:{schemas})\.\w+", queries)) == set(suite.needs), suite.name


def test_great_expectations_is_imported_only_when_a_gate_runs() -> None:
    check = "import sys, expectations.gate; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=PROJECT, check=False).returncode == 0
