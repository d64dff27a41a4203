"""The event log that stays open writes what Dagster's own reads."""

from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from orchestration.job.event_log import OpenEventLog
from orchestration.job.execution import instance


@dg.asset
def counted(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    context.log.info("one, two, three")
    return dg.MaterializeResult(metadata={"rows": 3})


def _run(home: Path) -> str:
    with instance(home) as dagster:
        return dg.materialize([counted], instance=dagster).run_id


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
