"""What the gates said of the published build, as the summary and the dashboard show it."""

from pathlib import Path

from expectations.report import GATES, DamagedReportError, GateReport, last_passed
from orchestration.console import command_hint
from pipelines.errors import FunnelError

FOLDER = "gates"


def last_verdicts(home: Path) -> list[GateReport]:
    """The last report of each gate that has one; raises FunnelError for a damaged one."""
    try:
        found = [last_passed(home / FOLDER, gate) for gate in GATES]
    except DamagedReportError as damage:
        hint = command_hint(home, "refresh")
        raise FunnelError(f"{damage}; run `{hint}`, which judges again") from None
    return [report for report in found if report]


def damaged_verdict(home: Path, gate: str) -> str | None:
    """Which report of a gate is damaged, so that it has to judge again."""
    try:
        last_passed(home / FOLDER, gate)
    except DamagedReportError as damage:
        return str(damage)
    return None
