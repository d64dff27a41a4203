"""How runs ended, kept in the records of their home."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from expectations.report import without_addresses
from orchestration.home.records import EndedRun, read_records, update_records
from orchestration.job.alerting import alert
from orchestration.job.context import RunContext


@contextmanager
def recorded(run: RunContext, failures: Callable[[], list[str]] = list) -> Iterator[None]:
    """Record how what happens inside ended; whatever is raised is raised on.

    `failures` say afterwards what failed without a word: the steps of a job of Dagster's own.
    """
    began = datetime.now(UTC)
    before = read_records(run.settings.home).publication
    try:
        yield
    except Exception as fault:
        # what stopped the run says more than that a full disk takes no record of it
        with suppress(OSError):
            record(run, began, "failed", str(fault) or type(fault).__name__)
        raise
    after = read_records(run.settings.home).publication
    if messages := failures():
        record(run, began, "failed", messages[0])
    else:
        record(run, began, "unchanged" if after == before else "published")


def record(run: RunContext, began: datetime, outcome: str, message: str = "") -> None:
    """Add a run to those of its home, and tell whoever wants to know (`[alerts]`).

    Of what stopped it the first line is kept. The oldest are forgotten (`retention.runs`).
    """
    settings, report = run.settings, run.load_report
    ended = EndedRun.model_validate(
        {
            "began": began.replace(microsecond=0),
            "seconds": round((datetime.now(UTC) - began).total_seconds(), 1),
            "as_of": settings.as_of,
            "outcome": outcome,
            "message": without_addresses(message.partition("\n")[0]),
            "rows_loaded": sum(feed.rows_loaded for feed in report.feeds) if report else 0,
            "rows_quarantined": report.rows_quarantined if report else 0,
        }
    )
    runs = (*read_records(settings.home).runs, ended)[-settings.retention.runs :]
    update_records(settings.home, runs=runs)
    alert(settings.home, ended)
