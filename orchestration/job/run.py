"""`funnel refresh`: the Dagster job, run in this process, unless there is nothing to do for it.

The order of a run: `preflight`, then the steps of `definitions` (`steps/rules`, `steps/raw`,
`steps/models`, `steps/published`), each handing on through what is recorded in the home.
"""

import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from orchestration.console import command_hint, say
from orchestration.dashboard.writing import refresh_dashboard
from orchestration.erasing.erasure import finish
from orchestration.erasing.erasure import go_on as go_on_erasing
from orchestration.home import lock
from orchestration.home.access import share_published
from orchestration.home.identity import check_warehouse
from orchestration.home.records import Run, read_records, update_records
from orchestration.job.context import RunContext
from orchestration.job.history import record, recorded
from orchestration.job.nothing_new import nothing_new
from pipelines.database import damage_of
from pipelines.errors import DamagedFileError, FunnelError, InterruptError, UsageError, file_error
from pipelines.settings import Settings


def refresh(run: RunContext) -> None:
    """Run the whole job; raises the FunnelError that stopped it.

    Dagster, dlt and dbt catch signals in the main thread, each in its own way and some for good. So
    the job runs in another one, and an interrupt leaves it where it is, as a kill would.
    """
    go_on = f"go on with: {command_hint(run.settings.home, 'refresh --resume')}"
    began = datetime.now(UTC)
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        pool.submit(_refresh, run, go_on).result()
    except KeyboardInterrupt:
        record(run, began, "interrupted")
        raise InterruptError(f"interrupted; the marts published before stay; {go_on}") from None
    finally:
        pool.shutdown(wait=False)


def _refresh(run: RunContext, go_on: str) -> None:
    settings = run.settings
    lock.hold(settings.home)
    try:
        with recorded(run):
            _all_steps(run)
    except (IsADirectoryError, NotADirectoryError, FileExistsError) as fault:
        raise file_error(fault) from fault
    except Exception as error:
        if isinstance(error, UsageError | DamagedFileError):
            raise
        if damage := damage_of(settings.warehouse, str(error)):
            raise damage from error
        if isinstance(error, FunnelError):
            say(f"what was done stands; {go_on}")
            raise
        raise _unforeseen(error, settings.home) from error
    finally:
        lock.release(settings.home)


def _all_steps(run: RunContext) -> None:
    settings = run.settings
    check_warehouse(settings)
    go_on_erasing(settings)
    before = read_records(settings.home)
    update_records(settings.home, run=Run.of(settings))
    run.load_report = nothing_new(run, before)
    if run.load_report is None:
        say("preparing the job")
        from orchestration.job.execution import execute

        execute(run)
    # a run that publishes nothing skips the asset, but the page may be missing or outdated
    refresh_dashboard(settings.home)
    share_published(settings)
    receipt = finish(settings.home)
    if receipt:
        say(receipt.text())
    update_records(settings.home, run=Run.of(settings).model_copy(update={"is_finished": True}))


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


def _unforeseen(error: Exception, home: Path) -> FunnelError:
    """An error that no code expects: its traceback goes into a file."""
    log = home / "logs" / "error.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return FunnelError(f"{type(error).__name__}: {error}\n(traceback in {log})")
