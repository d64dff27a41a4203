"""`funnel export handoff_queue`: what a CRM has to import, also after crashes."""

import csv
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.published.export import changes as exporting
from orchestration.published.export import snapshots
from orchestration.published.export.changes import export_changes
from orchestration.published.export.lists import ExportList, shipped_lists
from pipelines.errors import UsageError
from pipelines.settings import DBT_PROJECT
from tests.orchestration.conftest import Outcome, run_funnel
from tests.readers.published import QUEUE, write_published

LIST = ExportList(mart="people", key="person_id", headers={"person_id": "id"}, unwatched=["days"])


def _export(home: Path, out: Path, *options: object) -> Outcome:
    return run_funnel("export", "handoff_queue", "--home", home, "--out", out, *options)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _said(path: Path) -> list[tuple[str, str]]:
    return [(row["action"], row["external_id"]) for row in _rows(path)]


def test_first_export_says_everything(home: Path, tmp_path: Path) -> None:
    outcome = _export(home, tmp_path / "crm")
    assert outcome.status == 0, outcome.err
    written = tmp_path / "crm" / "handoff_queue-000001.csv"
    assert outcome.out.strip() == str(written)
    assert list((tmp_path / "crm").iterdir()) == [written]
    assert _rows(written)[2] == {
        "action": "upsert",
        "external_id": "L3",
        "priority": "3",
        "company": "株式会社",
        "company_tier": "none",
        "lead_grade": "B",
        "lead_score": "40",
        "lead_score_change_7_days": "-2",
        "reason_1": "見積もりを依頼",
        "days_waiting": "1",
    }


def test_later_exports_say_what_changed(home: Path, tmp_path: Path) -> None:
    assert _export(home, tmp_path).status == 0
    unchanged = _export(home, tmp_path)
    assert unchanged.status == 0
    assert unchanged.out == ""
    assert "nothing has changed since export 1" in unchanged.err

    # a day later: everybody waits a day longer, L1 has left, L2 has a higher score, L4 is new
    write_published(
        home,
        {
            "handoff_queue": f"select * replace (days_waiting + 1 as days_waiting,"
            " case person_id when 'L2' then 65 else behavior_score end as behavior_score)"
            f" from ({QUEUE}) where person_id <> 'L1'"
            " union all select 4, 'L4', 'd.example', 'none', 'C', 9, 9, 'Sent an inquiry once', 0"
        },
    )
    assert _export(home, tmp_path).status == 0
    changed = tmp_path / "handoff_queue-000002.csv"
    assert _said(changed) == [("remove", "L1"), ("upsert", "L2"), ("upsert", "L4")]
    removed, second, _ = _rows(changed)
    assert set(removed.values()) == {"remove", "L1", ""}
    assert second["days_waiting"] == "21"

    assert _export(home, tmp_path, "--all").status == 0
    everything = tmp_path / "handoff_queue-000003.csv"
    assert _said(everything) == [("upsert", "L2"), ("upsert", "L3"), ("upsert", "L4")]
    assert _export(home, tmp_path).out == ""


def test_a_new_column_is_said_for_every_row(home: Path, tmp_path: Path) -> None:
    assert _export(home, tmp_path).status == 0
    write_published(home, {"handoff_queue": f"select *, 'act' as buying_stage from ({QUEUE})"})
    assert _export(home, tmp_path).status == 0
    assert len(_rows(tmp_path / "handoff_queue-000002.csv")) == 3


def test_a_file_that_nobody_fetched_is_not_overwritten(home: Path, tmp_path: Path) -> None:
    (tmp_path / "handoff_queue-000001.csv").write_text("of another home", encoding="utf-8")
    outcome = _export(home, tmp_path)
    assert outcome.status == 2
    assert "belongs to another home; choose another folder" in outcome.err
    assert (tmp_path / "handoff_queue-000001.csv").read_text(encoding="utf-8") == "of another home"


@pytest.mark.parametrize("changes", shipped_lists().values(), ids=shipped_lists())
def test_lists_name_columns_of_their_marts(changes: ExportList) -> None:
    described = (DBT_PROJECT / "models" / "marts" / f"{changes.mart}.yml").read_text("utf-8")
    columns = set(re.findall(r"^      - name: (\w+)$", described, re.MULTILINE))
    named = {*changes.key, *changes.columns, *changes.headers, *changes.unwatched}
    assert named <= columns
    assert not changes.columns or named == {*changes.key, *changes.columns}
    headers = [changes.header(column) for column in columns]
    assert len({*headers, "action"}) == len(columns) + 1


def test_a_list_of_segments_says_who_joined_and_who_left(home: Path, tmp_path: Path) -> None:
    def said(members: str) -> list[list[str]]:
        write_published(
            home, {"lead_segments": f"from (values {members}) as _ (segment_id, person_id)"}
        )
        outcome = run_funnel("export", "lead_segments", "--home", home, "--out", tmp_path)
        assert outcome.status == 0, outcome.err
        rows = _rows(Path(outcome.out.strip()))
        assert list(rows[0]) == ["action", "segment", "external_id"]
        return [list(row.values()) for row in rows]

    assert said("""('hot', 'L1'), ('hot', 'L,"2'), ('new', 'L1')""") == [
        ["upsert", "hot", 'L,"2'],
        ["upsert", "hot", "L1"],
        ["upsert", "new", "L1"],
    ]
    # the removed rows have both columns of the key
    assert said("('hot', 'L1'), ('new', 'L3')") == [
        ["remove", "hot", 'L,"2'],
        ["remove", "new", "L1"],
        ["upsert", "new", "L3"],
    ]
    write_published(
        home, {"lead_segments": "select 'hot' as segment_id, null::varchar as person_id"}
    )
    blank = run_funnel("export", "lead_segments", "--home", home, "--out", tmp_path)
    assert blank.status == 1
    assert "lead_segments: segment_id, person_id is blank or duplicated" in blank.err


def test_a_list_has_the_columns_and_rows_it_names(home: Path, tmp_path: Path) -> None:
    worth = ExportList(
        mart="handoff_queue",
        key="person_id",
        columns=["fit_grade", "days_waiting"],
        headers={"fit_grade": "grade"},
        where="behavior_score >= 60",
    )
    written = export_changes(home, "worth", worth, "csv", tmp_path, everything=False, guarded=True)
    assert written == tmp_path / "worth-000001.csv"
    assert _rows(written) == [
        {"action": "upsert", "person_id": "L1", "grade": "A", "days_waiting": "29"},
        {"action": "upsert", "person_id": "L2", "grade": "B", "days_waiting": "20"},
    ]
    # who no longer meets the condition is removed
    fewer = worth.model_copy(update={"where": "behavior_score >= 80"})
    second = export_changes(home, "worth", fewer, "csv", tmp_path, everything=False, guarded=True)
    assert [row["action"] for row in _rows(second)] == ["remove"]
    bad = worth.model_copy(update={"where": "scor > 1"})
    with pytest.raises(UsageError, match=r"where = 'scor > 1': .*scor"):
        export_changes(home, "worth", bad, "csv", tmp_path, everything=False, guarded=True)


def test_keys_must_be_keys(home: Path, tmp_path: Path) -> None:
    write_published(home, {"handoff_queue": f"{QUEUE} union all {QUEUE}"})
    twice = _export(home, tmp_path)
    assert twice.status == 1
    assert "person_id is blank or duplicated" in twice.err
    write_published(home, {"handoff_queue": "select 'L1' as somebody"})
    other = _export(home, tmp_path)
    assert other.status == 1
    assert "handoff_queue has no column" in other.err
    write_published(home, {"something": "select 1 as one"})
    missing = _export(home, tmp_path)
    assert missing.status == 2
    assert f"is not in the published file; run `funnel refresh --home {home}` first" in missing.err


class _CrashError(Exception):
    """The process ends here."""


class _Crashes:
    """Lets a number of steps of the bookkeeping happen, and then no more."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.steps_left: int | None = None
        for module, name in (
            (snapshots, "put_in_place"),
            (exporting, "put_in_place"),
            (snapshots.Path, "unlink"),
        ):
            patch.setattr(module, name, self._stopping(getattr(module, name)))

    def _stopping(self, step):
        def taken(*arguments: object, **options: object) -> object:
            if self.steps_left is not None:
                if self.steps_left == 0:
                    raise _CrashError
                self.steps_left -= 1
            return step(*arguments, **options)

        return taken


class _Crm:
    """Imports every file of a folder once, in the order of their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.imported: set[str] = set()
        self.holds: dict[str, str] = {}

    def fetch(self) -> None:
        for path in sorted(self.folder.glob("people-*.csv")):
            if path.name in self.imported:
                continue
            self.imported.add(path.name)
            for row in _rows(path):
                if row["action"] == "remove":
                    self.holds.pop(row["id"], None)
                else:
                    self.holds[row["id"]] = row["mood"]


@pytest.fixture
def crashes() -> Iterator[_Crashes]:
    with pytest.MonkeyPatch.context() as patch:
        yield _Crashes(patch)


@pytest.mark.parametrize("seed", range(6))
def test_the_crm_ends_up_right_whatever_crashed(
    tmp_path: Path, crashes: _Crashes, seed: int
) -> None:
    chance = random.Random(seed)
    home, out = tmp_path / "home", tmp_path / "out"
    crm = _Crm(out)
    for day in range(8):
        people = {f"L{n}": chance.choice("abc") for n in range(6) if chance.random() < 0.7}
        listed = ", ".join(f"('{who}', '{mood}', {day})" for who, mood in people.items())
        rows = f"(values {listed or '(null, null, null)'}) as people (person_id, mood, days)"
        write_published(home, {"people": f"select * from {rows} where person_id is not null"})
        crashes.steps_left = chance.choice([None, 0, 1, 2, 3])
        try:
            export_changes(home, "people", LIST, "csv", out, everything=False, guarded=True)
        except _CrashError:
            if chance.random() < 0.5:
                crm.fetch()
            continue
        finally:
            crashes.steps_left = None
        crm.fetch()
        assert crm.holds == people
    export_changes(home, "people", LIST, "csv", out, everything=False, guarded=True)
    crm.fetch()
    assert crm.holds == people
    assert export_changes(home, "people", LIST, "csv", out, everything=False, guarded=True) is None


def test_a_snapshot_that_is_damaged_stops_the_export(home: Path, tmp_path: Path) -> None:
    assert _export(home, tmp_path).status == 0
    (snapshot,) = (home / "exports" / "handoff_queue").glob("*.parquet")
    snapshot.write_bytes(b"damaged")
    outcome = _export(home, tmp_path)
    assert outcome.status == 1
    assert "the snapshots of earlier exports cannot be read" in outcome.err
