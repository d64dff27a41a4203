"""Great Expectations reports as Dagster asset checks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.errors import GateError

if TYPE_CHECKING:
    from expectations.report import GateReport

CHECK_NAME = "expectations"


def check_specs(keys: Iterable[dg.AssetKey]) -> list[dg.AssetCheckSpec]:
    """One blocking check per asset."""
    return [dg.AssetCheckSpec(CHECK_NAME, asset=key, blocking=True) for key in keys]


def gate_results(
    keys: Mapping[str, dg.AssetKey], report: "GateReport | None"
) -> Iterator[dg.AssetCheckResult]:
    """One result per asset, of a report or of none where the state was judged before.

    `keys` are the assets by table. Raises GateError after the results of a report that blocks.
    """
    if report is None:
        for key in keys.values():
            yield _result(key, "unchanged since it was judged")
        return
    for table, key in keys.items():
        blocking = any(result.table == table for result in report.failed_blocking)
        warning = any(result.table == table for result in report.warnings)
        yield _result(key, report.text() if blocking or warning else "", blocking, warning)
    if report.failed_blocking:
        raise GateError(f"{report.text()}\nthe marts published before stay")


def _result(
    key: dg.AssetKey, report: str, blocking: bool = False, warning: bool = False
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=CHECK_NAME,
        asset_key=key,
        passed=not blocking and not warning,
        severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
        metadata={"report": report} if report else {},
    )
