"""The event log that stays open writes what Dagster's own reads, and does not grow for ever."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from expectations.report import GATES, GateReport, Result
from orchestration.job.event_log import OpenEventLog
from orchestration.job.execution import forget_old_runs, instance
from pipelines.settings import Retention, Settings, Source


@dg.asset
def counted(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    context.log.info("one, two, three")
    return dg.MaterializeResult(metadata={"rows": 3})


@dg.asset_check(asset=counted)
def is_three() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def _run(home: Path) -> str:
    with instance(home) as dagster:
        return dg.materialize([counted, is_three], instance=dagster).run_id


def _settings(home: Path, runs: int) -> Settings:
    return Settings(
        home=home,
        sources=(Source(landing=home / "landing"),),
        as_of=date(2026, 9, 30),
        retention=Retention(runs=runs),
    )


def _log_files(home: Path) -> str:
    return str(home / "dagster" / "history" / "runs")


def test_dagster_reads_the_events(tmp_path: Path) -> None:
    run_ids = [_run(tmp_path) for _ in range(2)]
    plain, ours = SqliteEventLogStorage(_log_files(tmp_path)), OpenEventLog(_log_files(tmp_path))
    for run_id in run_ids:
        records = plain.get_records_for_run(run_id).records
        kinds = {record.event_log_entry.dagster_event_type for record in records}
        assert kinds >= {dg.DagsterEventType.RUN_SUCCESS, dg.DagsterEventType.ASSET_MATERIALIZATION}
        assert "one, two, three" in {record.event_log_entry.user_message for record in records}
        assert ours.get_records_for_run(run_id).records == records
    assert plain.has_asset_key(counted.key)
    ours.dispose()


def test_runs_share_one_log(tmp_path: Path) -> None:
    with instance(tmp_path) as dagster:
        assert isinstance(dagster.event_log_storage, OpenEventLog)
        first, second = (dg.materialize([counted], instance=dagster).run_id for _ in range(2))
        # back to a run whose connection was given up
        assert dagster.event_log_storage.get_stats_for_run(first).steps_succeeded == 1
        assert dagster.event_log_storage.get_stats_for_run(second).steps_succeeded == 1
        found = dagster.fetch_materializations(counted.key, limit=10).records
        assert {record.run_id for record in found} == {first, second}


def test_a_wiped_log_starts_again(tmp_path: Path) -> None:
    with instance(tmp_path) as dagster:
        before = dg.materialize([counted], instance=dagster).run_id
        dagster.event_log_storage.wipe()
        after = dg.materialize([counted], instance=dagster).run_id
        assert dagster.event_log_storage.get_records_for_run(before).records == []
        assert dagster.event_log_storage.get_stats_for_run(after).steps_succeeded == 1


def test_runs_before_the_last_ones_are_deleted(tmp_path: Path) -> None:
    settings = _settings(tmp_path, runs=2)
    passed, blocked = (GateReport(gate, "", []) for gate in GATES)
    failure = Result("keys", "unique", "leads", None, "blocks", False, "is unique", "2 rows")
    run_ids = [_run(tmp_path) for _ in range(4)]
    for run_id in run_ids[:2]:
        replace(passed, run_id=run_id).save(settings.gate_results)
    for run_id in run_ids[2:]:
        replace(blocked, run_id=run_id, results=[failure]).save(settings.gate_results)
    with instance(tmp_path) as dagster:
        forget_old_runs(dagster, settings)
        assert dagster.get_run_ids() == run_ids[:1:-1]
        found = dagster.fetch_materializations(counted.key, limit=10).records
        assert {record.run_id for record in found} == {*run_ids[2:]}
    with closing(sqlite3.connect(Path(_log_files(tmp_path)) / "index.db")) as index:
        checked = index.execute("select run_id from asset_check_executions").fetchall()
    assert {run_id for (run_id,) in checked} == {*run_ids[2:]}
    logs = {path.name for path in Path(_log_files(tmp_path)).glob("*.db")}
    assert logs == {"index.db", *(f"{run_id}.db" for run_id in run_ids[2:])}
    # the verdict that stands is that of a run whose events are gone
    assert {path.name for path in settings.gate_results.iterdir()} == {*run_ids[1:]}


def test_a_few_runs_are_all_kept(tmp_path: Path) -> None:
    run_id = _run(tmp_path)
    with instance(tmp_path) as dagster:
        forget_old_runs(dagster, _settings(tmp_path, runs=1))
        assert dagster.get_run_ids() == [run_id]
        assert dagster.event_log_storage.get_stats_for_run(run_id).steps_succeeded == 2
