"""The Dagster job of a run, executed in this process and told to the instance of its home."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import DatabaseError

from orchestration.build.project import parsed_project
from orchestration.build.verify import verify_models
from orchestration.job.context import RunContext
from orchestration.job.definitions import REFRESH_JOB, definitions
from orchestration.job.resources import run_config
from orchestration.published.verdicts import last_verdicts
from pipelines.errors import FunnelError
from pipelines.settings import Settings

# warns of each check that did not run; it did not because it passed on the very same state
PROCEEDS_WITHOUT = "dagster._core.execution.plan.active"
INSTANCE_SETTINGS = Path(__file__).with_name("dagster.yaml")


def execute(run: RunContext) -> None:
    """Parse and verify the models, then execute all steps; raises what stopped them."""
    settings = run.settings
    logging.getLogger(PROCEEDS_WITHOUT).setLevel(logging.ERROR)
    project = parsed_project(settings.home, settings.project)
    verify_models(settings, project)
    job = definitions(project, run).resolve_job_def(REFRESH_JOB)
    try:
        with instance(settings.home) as dagster:
            _end_killed_runs(dagster)
            job.execute_in_process(run_config=run_config(settings), instance=dagster)
            forget_old_runs(dagster, settings)
    except DatabaseError as error:
        records = settings.home / "dagster"
        raise FunnelError(f"{records} is not writable: {error.orig}; is the disk full?") from error


@contextmanager
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of a home: its runs are what `make dev` shows."""
    folder = home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(INSTANCE_SETTINGS, folder / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(folder)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "true"
    with dg.DagsterInstance.get() as opened:
        yield opened


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


def _end_killed_runs(dagster: dg.DagsterInstance) -> None:
    # who holds the home knows that no other run of it is alive
    alive = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    for run in dagster.get_runs(filters=dg.RunsFilter(statuses=alive)):
        dagster.report_run_failed(run, "the run was killed")
