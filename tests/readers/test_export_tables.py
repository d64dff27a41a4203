"""`funnel export`: every published table as a file."""

import csv
from pathlib import Path

import duckdb
import pytest

from orchestration.published.export import tables
from tests.orchestration.conftest import run_funnel
from tests.readers.published import QUEUE, write_published


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_files_hold_the_tables(home: Path, tmp_path: Path, file_format: str) -> None:
    out = tmp_path / "new" / "out"
    outcome = run_funnel("export", "--home", home, "--format", file_format, "--out", out)
    assert outcome.status == 0, outcome.err
    files = [out / f"every_type.{file_format}", out / f"handoff_queue.{file_format}"]
    assert sorted(out.iterdir()) == files
    assert outcome.out.splitlines() == list(map(str, files))
    first = {path: path.read_bytes() for path in files}
    assert run_funnel("export", "--home", home, "--format", file_format, "--out", out).status == 0
    assert {path: path.read_bytes() for path in files} == first
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home}/marts.duckdb' as published (read_only)")
        read = f"from '{files[1]}' order by person_id"
        expected = "from published.handoff_queue order by person_id"
        assert connection.execute(read).fetchall() == connection.execute(expected).fetchall()


def test_parquet_keeps_types_and_csv_is_utf_8(home: Path, tmp_path: Path) -> None:
    assert run_funnel("export", "--home", home, "--out", tmp_path).status == 0
    assert run_funnel("export", "--home", home, "--out", tmp_path, "--format", "csv").status == 0
    kinds = {
        row[0]: row[1]
        for row in duckdb.sql(f"describe from '{tmp_path}/every_type.parquet'").fetchall()
    }
    assert kinds["amount"] == "DECIMAL(18,2)"
    assert kinds["happened_at"] == "TIMESTAMP"
    with (tmp_path / "every_type.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert rows[1]["words"] == 'a "quoted", text\nin two lines \\N 日本'
    assert rows[0]["happened_at"] == "2026-06-30 01:02:03.456789"
    assert rows[2]["is_good"] == ""


def test_existing_files_are_replaced(home: Path, tmp_path: Path) -> None:
    assert run_funnel("export", "--home", home, "--out", tmp_path, "--format", "csv").status == 0
    write_published(home, {"handoff_queue": f"{QUEUE} where person_id = 'L1'"})
    assert run_funnel("export", "--home", home, "--out", tmp_path, "--format", "csv").status == 0
    assert len((tmp_path / "handoff_queue.csv").read_text(encoding="utf-8").splitlines()) == 2


def test_a_failure_leaves_the_files_as_they_were(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "every_type.csv").write_text("as it was", encoding="utf-8")

    def no_room(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(tables, "put_in_place", no_room)
    outcome = run_funnel("export", "--home", home, "--out", tmp_path, "--format", "csv")
    assert outcome.status == 1
    assert "the files could not be written: No space left on device" in outcome.err
    assert (tmp_path / "every_type.csv").read_text(encoding="utf-8") == "as it was"
    assert not list(tmp_path.glob("*.part"))
    assert not list(tmp_path.glob(".*.part"))


def test_mistakes_are_told(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    on_file = run_funnel("export", "--home", home, "--out", tmp_path / "file")
    assert on_file.status == 2
    assert "file: " in on_file.err
    nothing = run_funnel("export", "--home", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert nothing.status == 2
    assert f"run `funnel refresh --home {tmp_path / 'nowhere'}` first" in nothing.err
    assert not (tmp_path / "out").exists()
    pointless = run_funnel("export", "--home", home, "--out", tmp_path / "out", "--all")
    assert pointless.status == 2
    assert "--all goes with the name of a list" in pointless.err
    unknown = run_funnel("export", "ignore_rate", "--home", home, "--out", tmp_path / "out")
    assert unknown.status == 2
    assert "ignore_rate is no list for a CRM (handoff_queue, " in unknown.err
