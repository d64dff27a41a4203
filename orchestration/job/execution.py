"""The Dagster job of a run, executed in this process and told to the instance of its home."""

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import DatabaseError

from orchestration.build.project import parsed_project
from orchestration.build.verify import verify_models
from orchestration.console import say
from orchestration.job.context import RunContext
from orchestration.job.definitions import REFRESH_JOB, definitions
from orchestration.job.resources import run_config
from orchestration.published.verdicts import last_verdicts
from pipelines.errors import DamagedFileError, FunnelError, move_away_hint
from pipelines.settings import Settings

# warns of each check that did not run; it did not because it passed on the very same state
PROCEEDS_WITHOUT = "dagster._core.execution.plan.active"
# which process works at a run of the command line
PROCESS_TAG = "process"
# a run of the page has come to the home, or to its end
ON_ITS_WAY = timedelta(minutes=2)
INSTANCE_SETTINGS = Path(__file__).with_name("dagster.yaml")
SHARED_RECORDS = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


def execute(run: RunContext) -> None:
    """Parse and verify the models, then execute all steps; raises what stopped them."""
    settings = run.settings
    logging.getLogger(PROCEEDS_WITHOUT).setLevel(logging.ERROR)
    project = parsed_project(settings.home, settings.project, settings.engine)
    verify_models(settings, project)
    job = definitions(project, run).resolve_job_def(REFRESH_JOB)
    try:
        with instance(settings.home) as dagster:
            _end_killed_runs(dagster)
            job.execute_in_process(
                run_config=run_config(settings),
                instance=dagster,
                tags={PROCESS_TAG: str(os.getpid()), "as_of": settings.as_of.isoformat()},
            )
            forget_old_runs(dagster, settings)
    except DatabaseError as error:
        raise _unwritable(settings.home / "dagster", str(error.orig)) from error


def _unwritable(records: Path, fault: str) -> FunnelError:
    if "malformed" in fault or "not a database" in fault:
        return DamagedFileError(
            f"{records} is damaged: {fault}; {move_away_hint(records)} and run the command again"
        )
    return FunnelError(f"{records} cannot be written: {fault}; free or mend the disk, then go on")


def prepare_instance(home: Path) -> Path:
    """Have Dagster, in this process and in those that it starts, keep its runs in a home."""
    folder = home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(INSTANCE_SETTINGS, folder / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(folder)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "true"
    return folder


@contextmanager
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of a home: its runs are what `funnel dev` shows."""
    _put_damaged_records_aside(prepare_instance(home))
    with dg.DagsterInstance.get() as opened:
        yield opened


def _put_damaged_records_aside(folder: Path) -> None:
    """The records of runs are for looking at; nothing that is published is made from them."""
    # not those of single runs, which are many, and are opened to be shown or deleted alone
    shared = (path for name in SHARED_RECORDS for path in folder.glob(name))
    damaged = [path for path in shared if not _is_sound(path)]
    if damaged:
        aside = folder.with_name(f"{folder.name}.old")
        shutil.rmtree(aside, ignore_errors=True)
        folder.replace(aside)
        folder.mkdir()
        shutil.copyfile(INSTANCE_SETTINGS, folder / "dagster.yaml")
        say(f"warning: {damaged[0]} is damaged: the runs on record are put aside in {aside.name}")


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as database:
            return bool(database.execute("pragma quick_check").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def forget_old_runs(dagster: dg.DagsterInstance, settings: Settings) -> None:
    """Delete the events and gate reports of all runs but the last ones.

    What let the published marts pass stays, however old it is.
    """
    run_ids = dagster.get_run_ids()
    for run_id in run_ids[settings.retention.runs :]:
        dagster.delete_run(run_id)
    kept = {*run_ids[: settings.retention.runs]}
    kept |= {report.run_id for report in last_verdicts(settings.home)}
    for folder in settings.gate_results.glob("*"):
        if folder.name not in kept:
            shutil.rmtree(folder)


def _end_killed_runs(dagster: dg.DagsterInstance, now: datetime | None = None) -> None:
    """Tell Dagster of runs that ended without a word.

    Who holds the home knows that no other run works in it; but one that was started on the page of
    Dagster may be on its way to find the home taken, and tells so by itself.
    """
    now = now or datetime.now(UTC)
    alive = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    for record in dagster.get_run_records(filters=dg.RunsFilter(statuses=alive)):
        process = record.dagster_run.tags.get(PROCESS_TAG)
        is_young = record.create_timestamp > now - ON_ITS_WAY
        if process or not is_young:
            dagster.report_run_failed(record.dagster_run, "the run was killed")
