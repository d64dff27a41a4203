"""CSV exports are safe to open in a spreadsheet, which runs a cell that begins like a formula."""

import csv
from pathlib import Path

import duckdb
import pytest

from pipelines.sql import literal
from tests.orchestration.conftest import run_funnel
from tests.readers.published import write_published

FORMULAS = [
    '=HYPERLINK("http://x.example","open")',
    "+81-3-0000-0000",
    "-2+3",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1",
    "\r=1",
]
HARMLESS = [
    *(
        "a=1",
        " =1",
        "'=1",
        "1-2",
        "a@x.example",
        '"=1"',
        "＝1",
        "\n=1",
        "日本=",
        "0",
        "x\t=1",
        "x\r",
    ),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A queue whose ids and companies are all these texts, with numbers below zero beside them."""
    rows = ", ".join(
        f"({number}, {literal(text)}, {literal(text)}, {-number}, {-number / 4}::decimal(9, 2),"
        f" date '2026-06-30')"
        for number, text in enumerate(FORMULAS + HARMLESS, start=1)
    )
    queue = (
        f"select *, 'none' as account_tier, 'A' as fit_grade, 5 as behavior_score,"
        f" 3 as days_waiting from (values {rows}) as queue(priority_rank, person_id, account_id,"
        " score_change_7_days, expected, since)"
    )
    folder = tmp_path / "home"
    write_published(folder, {"handoff_queue": queue})
    return folder


def export(home: Path, *options: object) -> list[dict[str, str]]:
    """The rows of the file that the command says it wrote."""
    outcome = run_funnel("export", *options, "--home", home, "--out", home.parent / "out")
    assert outcome.status == 0, outcome.err
    with Path(outcome.out.strip()).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def guarded(texts: list[str]) -> list[str]:
    return [f"'{text}" if text in FORMULAS else text for text in texts]


@pytest.mark.parametrize("is_raw", [False, True])
def test_formulas_in_tables(home: Path, is_raw: bool) -> None:
    rows = export(home, "--format", "csv", *(["--raw"] if is_raw else []))
    texts = FORMULAS + HARMLESS
    assert [row["person_id"] for row in rows] == (texts if is_raw else guarded(texts))
    assert [row["account_id"] for row in rows] == [row["person_id"] for row in rows]
    assert rows[0]["score_change_7_days"] == "-1"
    assert rows[1]["expected"] == "-0.50"
    assert rows[0]["since"] == "2026-06-30"


def test_formulas_in_a_list_for_a_crm(home: Path) -> None:
    rows = export(home, "handoff_queue")
    assert {row["external_id"] for row in rows} == {*guarded(FORMULAS + HARMLESS)}
    assert all(row["company"] == row["external_id"] for row in rows)
    assert {row["lead_score_change_7_days"] for row in rows} == {
        str(-number) for number in range(1, len(rows) + 1)
    }


def test_the_guard_is_no_change(home: Path) -> None:
    assert export(home, "handoff_queue")
    out = home.parent / "out"
    again = run_funnel("export", "handoff_queue", "--raw", "--home", home, "--out", out)
    assert (again.status, again.out) == (0, "")
    rows = export(home, "handoff_queue", "--raw", "--all")
    assert {row["external_id"] for row in rows} == {*FORMULAS, *HARMLESS}


def test_a_row_is_removed_under_the_id_that_it_was_exported_with(home: Path) -> None:
    export(home, "handoff_queue")
    write_published(
        home,
        {
            "handoff_queue": "select 1 as priority_rank, 'L1' as person_id, 'x' as account_id,"
            " 'none' as account_tier, 'A' as fit_grade, 5 as behavior_score, 3 as days_waiting,"
            " -1 as score_change_7_days, -1::decimal(9, 2) as expected, date '2026-06-30' as since"
        },
    )
    removed = [row for row in export(home, "handoff_queue") if row["action"] == "remove"]
    assert {row["external_id"] for row in removed} == {*guarded(FORMULAS + HARMLESS)}


def test_parquet_holds_texts_as_they_are(home: Path) -> None:
    out = home.parent / "out"
    assert run_funnel("export", "--home", home, "--out", out).status == 0
    found = duckdb.sql(f"select person_id from '{out}/handoff_queue.parquet'").fetchall()
    assert {text for (text,) in found} == {*FORMULAS, *HARMLESS}
    for arguments in (["export"], ["export", "handoff_queue", "--format", "parquet"]):
        refused = run_funnel(*arguments, "--raw", "--home", home, "--out", out)
        assert refused.status == 2
        assert "--raw goes with csv files" in refused.err
