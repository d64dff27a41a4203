"""Rows that broke the contract can be looked at, and a run names those that it set aside."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orchestration.reports.summary import quarantine_lines
from pipelines.load import FeedCounts, LoadReport, QuarantinedRow, load
from pipelines.settings import Settings, Source
from tests.orchestration.conftest import Outcome
from tests.orchestration.test_locking import HOLDER, another_process

Funnel = Callable[..., Outcome]


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., list[str]]:
    """Delivers a file of leads and loads it; gives what the load says of bad rows."""

    def deliver(name: str, *rows: str) -> list[str]:
        folder = tmp_path / "landing" / "leads"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("\n".join(["lead_id,created_at", *rows]), encoding="utf-8")
        settings = Settings(
            home=tmp_path / "home",
            sources=(Source(landing=tmp_path / "landing"),),
            as_of=date(2025, 6, 30),
        )
        return [str(row) for row in load(settings, lambda _line: None).quarantined]

    return deliver


def test_a_load_tells_its_own_bad_rows(loaded: Callable[..., list[str]]) -> None:
    assert loaded("1.csv", "L1,2025-01-01", "L2,soon") == [
        'leads/1.csv row 2: created_at: not a date or time: "soon"'
    ]
    assert loaded("2.csv", "L3,2025-01-01") == []
    assert len(loaded("3.csv", *[f"L{number},later" for number in range(9)])) == 5


def test_the_newest_delivery_comes_first(
    funnel: Funnel, loaded: Callable[..., list[str]], tmp_path: Path
) -> None:
    loaded("b.csv", "L1,soon")
    loaded("a.csv", "L2,later", "L3,never")
    outcome = funnel("quarantine", "--home", tmp_path / "home", "--limit", 2)
    assert outcome.status == 0, outcome.err
    first, row, second, _, more = outcome.out.splitlines()
    assert first == 'leads/a.csv row 1: created_at: not a date or time: "later"'
    assert json.loads(row) == {"lead_id": "L2", "created_at": "later"}
    assert second.startswith("leads/a.csv row 2: ")
    assert more == f"and 1 more: funnel quarantine --limit 3 --home {tmp_path / 'home'}"
    everything = funnel("quarantine", "--home", tmp_path / "home")
    assert 'leads/b.csv row 1: created_at: not a date or time: "soon"' in everything.out


def test_nothing_quarantined_and_nothing_loaded(
    funnel: Funnel, loaded: Callable[..., list[str]], tmp_path: Path
) -> None:
    nothing = funnel("quarantine", "--home", tmp_path / "home")
    assert nothing.status == 2
    assert f"run `funnel refresh --home {tmp_path / 'home'}` first" in nothing.err
    loaded("good.csv", "L1,2025-01-01")
    outcome = funnel("quarantine", "--home", tmp_path / "home")
    assert outcome.out == "no row is quarantined\n"


def test_a_run_is_left_alone(
    funnel: Funnel, loaded: Callable[..., list[str]], tmp_path: Path
) -> None:
    loaded("1.csv", "L1,soon")
    with another_process(HOLDER, tmp_path / "home"):
        outcome = funnel("quarantine", "--home", tmp_path / "home")
    assert outcome.status == 4
    assert "another run holds" in outcome.err


def test_the_summary_names_five_and_where_the_others_are(tmp_path: Path) -> None:
    rows = tuple(QuarantinedRow("leads", "a.csv", number, "reason") for number in range(1, 7))
    said = quarantine_lines(_report(7, rows), tmp_path)
    assert said[0] == "7 rows quarantined by this run:"
    assert said[1:6] == [f"  leads/a.csv row {number}: reason" for number in range(1, 6)]
    assert said[6] == f"  and 2 more: funnel quarantine --home {tmp_path}"
    assert quarantine_lines(_report(1, rows[:1]), tmp_path)[:2] == [
        "1 row quarantined by this run:",
        "  leads/a.csv row 1: reason",
    ]


def _report(bad: int, rows: tuple[QuarantinedRow, ...]) -> LoadReport:
    return LoadReport((FeedCounts("leads", bad, rows_quarantined=bad),), (), rows)
