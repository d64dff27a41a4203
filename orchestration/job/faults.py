"""What stopped a run, as the one message and exit status that the user sees."""

from pathlib import Path

import dagster as dg
from dagster import DagsterEventType

from orchestration.job.checks import REPORT_KEY, blocked
from pipelines.errors import FunnelError, GateError, HomeLockedError, UsageError

KNOWN = {fault.__name__: fault for fault in (FunnelError, GateError, HomeLockedError, UsageError)}


def fault_of(result: dg.ExecuteInProcessResult, home: Path) -> FunnelError:
    """The fault of the first failed step; an unforeseen one leaves its traceback under the home."""
    report = _failed_gate(result)
    if report:
        return GateError(blocked(report))
    for event in result.all_events:
        if event.event_type != DagsterEventType.STEP_FAILURE:
            continue
        error = event.step_failure_data.error
        while error.cause is not None and error.cls_name not in KNOWN:
            error = error.cause
        message = error.message.partition(": ")[2].strip() or error.message.strip()
        if error.cls_name in KNOWN:
            return KNOWN[error.cls_name](message)
        log = home / "logs" / "fault.txt"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(event.step_failure_data.error.to_string(), encoding="utf-8")
        return FunnelError(
            f"step {event.step_key} failed: {error.cls_name}: {message}\n(traceback in {log})"
        )
    return FunnelError(f"the run did not end well; see {home / 'logs'}")


def _failed_gate(result: dg.ExecuteInProcessResult) -> str | None:
    for evaluation in result.get_asset_check_evaluations():
        report = evaluation.metadata.get(REPORT_KEY)
        is_blocking = evaluation.blocking and evaluation.severity == dg.AssetCheckSeverity.ERROR
        if report is not None and is_blocking and not evaluation.passed:
            return str(report.value)
    return None
