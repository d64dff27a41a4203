"""Great Expectations reports as Dagster asset checks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.console import say
from pipelines.errors import GateError

if TYPE_CHECKING:
    from expectations.gate import GateReport

CHECK_NAME = "expectations"
REPORT_KEY = "report"


def blocked(report: str) -> str:
    """A report that ended a run, and what became of the marts."""
    return f"{report}\nthe marts published before stay"


def check_specs(keys: Iterable[dg.AssetKey]) -> list[dg.AssetCheckSpec]:
    """One blocking check per asset."""
    return [dg.AssetCheckSpec(CHECK_NAME, asset=key, blocking=True) for key in keys]


def check_results(
    report: "GateReport", keys: Mapping[str, dg.AssetKey]
) -> Iterator[dg.AssetCheckResult]:
    """One result per asset; the whole report goes with each failure that blocks."""
    # a report that blocks is said once, as the fault that ends the run
    if report.warnings and not report.failed_blocking:
        say(report.text())
    missing = [result for result in report.failed_blocking if result.table not in keys]
    if missing:
        raise GateError(blocked(report.text()))
    for table, key in keys.items():
        blocking = [result for result in report.failed_blocking if result.table == table]
        warnings = [result for result in report.warnings if result.table == table]
        yield dg.AssetCheckResult(
            check_name=CHECK_NAME,
            asset_key=key,
            passed=not blocking and not warnings,
            severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
            metadata={REPORT_KEY: report.text()} if blocking or warnings else {},
        )


def unchanged_results(keys: Mapping[str, dg.AssetKey]) -> Iterator[dg.AssetCheckResult]:
    """What a gate says when the run that published last judged the very same state."""
    for key in keys.values():
        yield dg.AssetCheckResult(
            check_name=CHECK_NAME,
            asset_key=key,
            passed=True,
            metadata={REPORT_KEY: "unchanged since it was judged for the published marts"},
        )
