"""`funnel refresh`: the Dagster job, run in this process."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import DatabaseError

from orchestration.build.project import parsed_project, set_environment
from orchestration.console import say
from orchestration.dashboard.writing import refresh_dashboard
from orchestration.home import lock as locking
from orchestration.job.definitions import REFRESH_JOB, definitions, stages
from orchestration.job.faults import fault_of
from orchestration.job.resources import FunnelResource, run_config
from orchestration.job.resuming import unfinished
from orchestration.reports.quarantine import NewlyQuarantined, newly_quarantined
from pipelines.errors import FunnelError, UsageError
from pipelines.settings import Settings

INSTANCE_SETTINGS = Path(__file__).with_name("dagster.yaml")


def refresh(settings: Settings) -> NewlyQuarantined:
    """Run the whole job; raises the FunnelError that stopped it."""
    return _run(settings, None)


def resume(home: Path) -> tuple[Settings, NewlyQuarantined]:
    """Run again what the last run of this home did not finish, with that run's settings."""
    if not (home / "dagster").is_dir():
        raise UsageError(f"nothing to resume in {home}: it has seen no run")
    with instance(home) as dagster:
        runs = dagster.get_runs(filters=dg.RunsFilter(job_name=REFRESH_JOB), limit=1)
    if not runs or runs[0].is_success:
        raise UsageError(f"nothing to resume in {home}: its last run ended well")
    config = runs[0].run_config["resources"]["funnel"]["config"]
    settings = FunnelResource(**config).resolve()
    return settings, _run(settings, runs[0].run_id)


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


def _run(settings: Settings, parent_run: str | None) -> NewlyQuarantined:
    locking.hold(settings.home)
    try:
        set_environment(settings.home)
        say("preparing the job")
        job = definitions().resolve_job_def(REFRESH_JOB)
        with instance(settings.home) as dagster:
            _end_killed_runs(dagster)
            selection = None
            if parent_run:
                steps = stages(parsed_project(settings.home))
                selection = unfinished(dagster, steps, parent_run)
            result = job.execute_in_process(
                run_config=run_config(settings),
                instance=dagster,
                raise_on_error=False,
                asset_selection=selection,
            )
        if not result.success:
            raise fault_of(result, settings.home)
        # a run that publishes nothing skips the asset, but the page may be missing or outdated
        refresh_dashboard(settings.home)
        return newly_quarantined(result)
    except DatabaseError as fault:
        records = settings.home / "dagster"
        raise FunnelError(
            f"{records} cannot be written: {fault.orig}; is the disk full?"
        ) from fault
    finally:
        locking.release(settings.home)


def _end_killed_runs(dagster: dg.DagsterInstance) -> None:
    # who holds the home knows that no other run of it is alive
    alive = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    for run in dagster.get_runs(filters=dg.RunsFilter(statuses=alive)):
        dagster.report_run_failed(run, "the run was killed")
