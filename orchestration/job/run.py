"""`funnel refresh`: the Dagster job, run in this process.

The order of a run: `preflight`, then the steps of `definitions` (`steps/rules`, `steps/raw`,
`steps/models`, `steps/published`), each handing on through what is recorded in the home.
"""

import logging
import os
import shutil
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import DatabaseError

from orchestration.build.project import parsed_project
from orchestration.build.verify import verify_models
from orchestration.console import command_hint, say
from orchestration.dashboard.writing import refresh_dashboard
from orchestration.home import lock
from orchestration.home.records import Run, read_records, update_records
from orchestration.job.definitions import REFRESH_JOB, definitions
from orchestration.job.resources import RunContext, run_config
from pipelines.errors import FunnelError, InterruptError, UsageError
from pipelines.settings import Settings

# warns of each check that did not run; it did not because it passed on the very same state
PROCEEDS_WITHOUT = "dagster._core.execution.plan.active"
INSTANCE_SETTINGS = Path(__file__).with_name("dagster.yaml")


def refresh(run: RunContext) -> None:
    """Run the whole job; raises the FunnelError that stopped it.

    Dagster, dlt and dbt catch signals in the main thread, each in its own way and some for good. So
    the job runs in another one, and an interrupt leaves it where it is, as a kill would.
    """
    go_on = f"go on with: {command_hint(run.settings.home, 'refresh --resume')}"
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        pool.submit(_refresh, run, go_on).result()
    except KeyboardInterrupt:
        raise InterruptError(f"interrupted; the marts published before stay; {go_on}") from None
    finally:
        pool.shutdown(wait=False)


def _refresh(run: RunContext, go_on: str) -> None:
    settings = run.settings
    lock.hold(settings.home)
    try:
        update_records(settings.home, run=Run.of(settings))
        logging.getLogger(PROCEEDS_WITHOUT).setLevel(logging.ERROR)
        say("preparing the job")
        project = parsed_project(settings.home)
        verify_models(settings, project)
        job = definitions(project, run).resolve_job_def(REFRESH_JOB)
        with instance(settings.home) as dagster:
            _end_killed_runs(dagster)
            job.execute_in_process(run_config=run_config(settings), instance=dagster)
        # a run that publishes nothing skips the asset, but the page may be missing or outdated
        refresh_dashboard(settings.home)
        update_records(settings.home, run=Run.of(settings).model_copy(update={"is_finished": True}))
    except UsageError:
        raise
    except FunnelError:
        say(f"what was done stands; {go_on}")
        raise
    except DatabaseError as error:
        records = settings.home / "dagster"
        raise FunnelError(f"{records} is not writable: {error.orig}; is the disk full?") from error
    except Exception as error:
        raise _unforeseen(error, settings.home) from error
    finally:
        lock.release(settings.home)


def unfinished_run(home: Path) -> Settings:
    """The settings of the last run of a home, which did not finish; else raises UsageError.

    What it loaded and built stands, so to run it again is to go on with it.
    """
    run = read_records(home).run
    if run is None:
        raise UsageError(f"nothing to resume in {home}: no run has been recorded")
    if run.is_finished:
        raise UsageError(f"nothing to resume in {home}: its last run finished")
    return run.settings(home)


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


def _unforeseen(error: Exception, home: Path) -> FunnelError:
    """An error that no code expects: its traceback goes into a file."""
    log = home / "logs" / "error.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return FunnelError(f"{type(error).__name__}: {error}\n(traceback in {log})")


def _end_killed_runs(dagster: dg.DagsterInstance) -> None:
    # who holds the home knows that no other run of it is alive
    alive = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    for run in dagster.get_runs(filters=dg.RunsFilter(statuses=alive)):
        dagster.report_run_failed(run, "the run was killed")
