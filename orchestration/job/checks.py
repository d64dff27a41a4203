"""Great Expectations reports as Dagster asset checks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.console import say
from orchestration.home.records import read_records, update_records
from orchestration.published.verdicts import damaged_verdict
from pipelines.errors import GateError

if TYPE_CHECKING:
    from expectations.report import GateReport

CHECK_NAME = "expectations"
TITLES = {"raw": "raw batch", "marts": "marts"}


def check_specs(keys: Iterable[dg.AssetKey]) -> list[dg.AssetCheckSpec]:
    """One blocking check per asset."""
    return [dg.AssetCheckSpec(CHECK_NAME, asset=key, blocking=True) for key in keys]


def gate_results(
    home: Path,
    gate: str,
    state: str,
    keys: Mapping[str, dg.AssetKey],
    judge: "Callable[[], GateReport]",
) -> Iterator[dg.AssetCheckResult]:
    """Judge a state, unless it was judged before, and give one result per asset.

    `keys` are the assets by table. Raises GateError after the results of a report that blocks.
    """
    judged = read_records(home).judged
    damage = damaged_verdict(home, gate)
    if judged.get(gate) == state and not damage:
        for key in keys.values():
            yield _result(key, "unchanged since it was judged")
        return
    say(f"judging the {TITLES[gate]}{f' again: {damage}' if damage else ''}")
    report = judge()
    for table, key in keys.items():
        blocking = any(result.table == table for result in report.failed_blocking)
        warning = any(result.table == table for result in report.warnings)
        yield _result(key, report.text() if blocking or warning else "", blocking, warning)
    if report.failed_blocking:
        raise GateError(f"{report.text()}\nthe marts published before stay")
    if report.warnings:
        say(report.text())
    update_records(home, judged={**judged, gate: state})


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
