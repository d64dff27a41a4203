"""What was planted comes out: rows, persons, hand-offs, ignore rates, wins, lifts and costs."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.load import load
from pipelines.settings import SHIPPED_RULES
from pipelines.simulate import simulate
from tests.properties.warehouse import Warehouse
from tests.reference.clock import Settings
from tests.reference.landing import deliveries_in, read
from tests.reference.marts import Marts, build
from tests.reference.nurture import rate
from tests.reference.rules import read_rules
from tests.simulate.exports import Exports

IGNORED = ("rejected", "stalled", "untouched")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    folder: Path = tmp_path_factory.mktemp("simulated")
    simulate(400, 240, 21, folder)
    return Exports(folder)


def handoffs_of(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Hand-offs as the truth tells them."""
    return {
        row["handoff_id"]: {
            "person_id": row["person_id"],
            "sales_team": row["sales_team"],
            "routed_by": row["routed_by"],
            "handed_off_date": row["handed_off_date"].isoformat(),
            "acceptance_deadline": row["acceptance_deadline"].isoformat(),
            "is_mature": row["is_mature"],
            "outcome": row["outcome"],
        }
        for row in rows
    }


def teams_of(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Mature hand-offs and ignored ones per team, out of the rows of `ignore_rate`."""
    teams: dict[str, tuple[int, int]] = {}
    for row in rows:
        mature, ignored = teams.get(row["sales_team"], (0, 0))
        teams[row["sales_team"]] = (
            mature + row["mature_handoffs"],
            ignored + sum(row[outcome] for outcome in IGNORED),
        )
    return teams


def check(truth: dict[str, Any], marts: Marts) -> None:
    """Every planted fact that marts tell."""
    assert handoffs_of(marts["fct_handoffs"]) == truth["handoffs"]
    assert teams_of(marts["ignore_rate"]) == {
        team: (counts["mature_handoffs"], counts["ignored"])
        for team, counts in truth["teams"].items()
        if team != "all"
    }
    won = [row["amount"] or 0 for row in marts["fct_lead_cycles"] if row["outcome"] == "won"]
    assert (len(won), sum(won)) == (truth["won"]["deals"], truth["won"]["amount"])
    arms = {(row["scenario_id"], row["arm"]): row for row in marts["scenario_effect"]}
    for scenario, planted in truth["scenarios"].items():
        for arm in planted.keys() - {"lift"}:
            row = arms[scenario, arm]
            assert {name: row[name] for name in planted[arm]} == planted[arm], (scenario, arm)
        effect = arms[scenario, "treated"]
        if planted["lift"] is None:
            assert effect["effect"] is None
        else:
            assert effect["effect_low"] <= planted["lift"] <= effect["effect_high"]


def check_money(truth: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """A campaign costs what it was planned to, and pays by one model of attribution or does not."""
    assert truth["campaigns"]
    for fate, campaign in truth["campaigns"].items():
        months = [
            row
            for row in rows
            if row["model"] == "linear"
            and (row["channel"], row["campaign"]) == (campaign["channel"], campaign["campaign"])
        ]
        assert sum(row["cost"] for row in months) == campaign["cost"]
        won = sum(row["won_amount"] for row in months)
        assert (won > campaign["cost"]) == (fate == "pays"), campaign


def check_content(truth: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """After the one kind of content far more strangers leave a name than after the other."""
    shares = {}
    for fate, prefixes in truth["content"].items():
        chosen = [row for row in rows if row["path_prefix"] in prefixes]
        shares[fate] = rate(
            sum(row["named"] for row in chosen), sum(row["unnamed_visitors"] for row in chosen)
        )
    assert shares["names"][1] > 2 * shares["does_not_name"][2]


def existing(truth: dict[str, Any]) -> dict[str, str]:
    """The person of every lead id that exists."""
    found = {lead: person for lead, person in truth["leads"].items() if person}
    assert len(set(found.values())) == truth["persons"]
    return found


def test_the_reference_finds_the_truth(company: Exports) -> None:
    """A second opinion on the plan, without the pipeline."""
    landed = read(deliveries_in(company.landing), "UTC")
    settings = Settings(as_of=company.last_day)
    marts = build(landed.rows, read_rules(SHIPPED_RULES), settings)
    check(company.truth, marts)
    check_money(company.truth, marts["cost_performance"])
    check_content(company.truth, marts["content_performance"])
    found = {lead: row["person_id"] for row in marts["persons"] for lead in row["lead_ids"]}
    assert found == existing(company.truth)
    counted = {
        feed: {
            "standing": len(landed.rows[feed]),
            "replaced": sum(row["rows_replaced"] for row in landed.audit if row["feed"] == feed),
            "quarantined": sum(row["feed"] == feed for row in landed.quarantine),
        }
        for feed in company.truth["rows"]
    }
    assert counted == company.truth["rows"]


def test_the_pipeline_finds_the_truth(company: Exports, warehouse: Warehouse) -> None:
    """Loader and models together, on the shipped rules."""
    settings = Settings(as_of=company.last_day)
    run = warehouse.settings(settings)
    warehouse.clear()
    shutil.copytree(company.landing, run.sources[0].landing)
    report = load(run, lambda _: None)
    assert {
        feed.feed: {
            "standing": feed.rows_loaded,
            "replaced": feed.rows_replaced,
            "quarantined": feed.rows_quarantined,
        }
        for feed in report.feeds
        if feed.feed in company.truth["rows"]
    } == company.truth["rows"]
    rules = {path.stem: _records(path) for path in SHIPPED_RULES.glob("*.csv")}
    warehouse.build(rules, settings)
    check(
        company.truth,
        warehouse.marts(
            ["fct_handoffs", "ignore_rate", "fct_lead_cycles", "scenario_effect"], settings
        ),
    )
    persons = warehouse.table("intermediate.int_lead_persons", settings)
    found = {row["lead_id"]: row["person_id"] for row in persons}
    assert company.truth["merged"]
    assert found == existing(company.truth) | company.truth["merged"]


def _records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
