"""Which home a warehouse belongs to, and files of a home that cannot be opened."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.report import DamagedReportError, GateReport, last_passed
from orchestration.home.identity import check_warehouse
from orchestration.home.records import read_records, update_records
from orchestration.job.execution import instance
from orchestration.published.revisions import FILE, History, keep_history, read_history
from pipelines.database import damage_of, open_database
from pipelines.errors import DamagedFileError, HomeLockedError, UsageError
from pipelines.settings import Settings, Source


def _settings(home: Path) -> Settings:
    home.mkdir(exist_ok=True)
    landing = Source(landing=home / "landing")
    return Settings(home=home, sources=(landing,), as_of=date(2026, 9, 30))


def _run(path: Path, *statements: str) -> None:
    with duckdb.connect(str(path)) as database:
        for statement in statements:
            database.execute(statement)


def test_a_home_and_its_warehouse_know_each_other(tmp_path: Path) -> None:
    one, other = _settings(tmp_path / "one"), _settings(tmp_path / "other")
    for settings in (one, other):
        check_warehouse(settings)
        known = read_records(settings.home).home_id
        check_warehouse(settings)
        assert read_records(settings.home).home_id == known
    one.warehouse.replace(other.warehouse)
    with pytest.raises(UsageError) as refused:
        check_warehouse(other)
    assert str(refused.value).startswith(f"{other.warehouse} does not belong to this home by")
    assert f"mv {other.warehouse} {other.warehouse}.old" in str(refused.value)
    # a deleted one is made again, and known
    check_warehouse(one)
    check_warehouse(one)


def test_damaged_records_are_taken_from_the_warehouse_again(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    check_warehouse(settings)
    known = read_records(tmp_path).home_id
    (tmp_path / "record.json").unlink()
    check_warehouse(settings)
    assert read_records(tmp_path).home_id == known


def test_nothing_is_written_into_a_database_of_something_else(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    _run(settings.warehouse, "create table accounts as select 1 as id")
    with pytest.raises(UsageError, match="does not belong to this home;"):
        check_warehouse(settings)
    with duckdb.connect(str(settings.warehouse), read_only=True) as database:
        assert database.execute("from duckdb_schemas() where schema_name = 'home'").fetchall() == []


def test_a_warehouse_of_an_earlier_version_is_taken_over_once(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    earlier = ("create schema raw", "create table raw._dlt_loads (i int)")
    _run(settings.warehouse, *earlier, "create table raw.load_audit (i int)")
    check_warehouse(settings)
    settings.warehouse.unlink()
    _run(settings.warehouse, *earlier, "create table raw.load_audit (i int)")
    with pytest.raises(UsageError, match="does not belong to this home;"):
        check_warehouse(settings)


def test_the_log_of_a_deleted_warehouse_is_put_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = _settings(tmp_path)
    log = tmp_path / "warehouse.duckdb.wal"
    log.write_bytes(b"of another file")
    check_warehouse(settings)
    assert "put aside as warehouse.duckdb.wal.old" in capsys.readouterr().err
    assert (tmp_path / "warehouse.duckdb.wal.old").read_bytes() == b"of another file"


@pytest.mark.parametrize("content", [b"", b"no database" * 1000])
def test_a_file_that_is_no_database_is_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError) as raised:
        open_database(path)
    assert str(raised.value).startswith(f"{path} is damaged: The file")
    assert f"(mv {path} {path}.old)" in str(raised.value)


def test_a_spoiled_block_and_a_spoiled_log_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    block = damage_of(path, "IO Error: Corrupt database file: computed checksum 1 does not match")
    assert block is not None
    assert str(block).startswith(f"{path} is damaged: Corrupt")
    said = f'IO Error: Failure while replaying WAL file "{path}.wal": Corrupt WAL file'
    log = damage_of(path, said)
    assert log is not None
    assert f"(mv {path}.wal {path}.wal.old)" in str(log)
    assert damage_of(path, "Binder Error: column x not found") is None


def test_who_holds_a_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    _run(path, "create table t as select 1")
    code = f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(HomeLockedError, match=f"another process, .*{other.pid}"):
            open_database(path)
        other.communicate("\n")


def test_a_report_of_another_run_lets_nothing_pass(tmp_path: Path) -> None:
    GateReport("raw", "one", []).save(tmp_path)
    assert last_passed(tmp_path, "raw") is not None
    (tmp_path / "one").rename(tmp_path / "two")
    with pytest.raises(DamagedReportError, match="is of another run"):
        last_passed(tmp_path, "raw")


def test_revisions_of_another_home_are_put_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    update_records(tmp_path, home_id="mine")
    keep_history(tmp_path, History())
    # of a version without ids
    assert read_history(tmp_path).home_id == "mine"
    keep_history(tmp_path, History(home_id="theirs"))
    assert read_history(tmp_path) == History(home_id="mine")
    assert f"{tmp_path / FILE} is of another home" in capsys.readouterr().err
    assert (tmp_path / "kpi_revisions.damaged.json").exists()


def _random(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [_random, _folder])
def test_damaged_records_of_runs_are_put_aside(
    tmp_path: Path, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with instance(tmp_path) as dagster:
        assert dagster.get_run_ids() == []
    path = tmp_path / "dagster" / "history" / "runs.db"
    with sqlite3.connect(path) as database:
        assert database.execute("pragma quick_check").fetchone() == ("ok",)
    damage(path)
    with instance(tmp_path) as dagster:
        assert dagster.get_run_ids() == []
    assert f"{path} is damaged: the runs on record are put aside in dagster.old" in (
        capsys.readouterr().err
    )
    assert (tmp_path / "dagster.old" / "history" / "runs.db").exists()
