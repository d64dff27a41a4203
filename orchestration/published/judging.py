"""Judging what is there: once for each state, and what passed is kept in the records."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.build.inputs import digest, digest_of_checks
from orchestration.console import say
from orchestration.home.records import Build, read_records, update_records
from orchestration.published.record import MARTS_GATE, judged_state, standing_build
from orchestration.published.verdicts import damaged_verdict
from pipelines.database import connect
from pipelines.settings import Settings

if TYPE_CHECKING:
    from expectations.limits import Limits
    from expectations.report import GateReport

TITLES = {"raw": "raw batch", "marts": "marts"}


def judge(
    home: Path, gate: str, state: str, run: "Callable[[], GateReport]"
) -> "GateReport | None":
    """The report of a gate on a state; None if it was judged before without a blocking failure."""
    judged = read_records(home).judged
    damage = damaged_verdict(home, gate)
    if judged.get(gate) == state and not damage:
        return None
    say(f"judging the {TITLES[gate]}{f' again: {damage}' if damage else ''}")
    report = run()
    if not report.failed_blocking:
        if report.warnings:
            say(report.text())
        update_records(home, judged={**judged, gate: state})
    return report


def judge_marts(settings: Settings, limits: "Limits", run_id: str) -> "GateReport | None":
    """The same for the marts of the standing build; raises UsageError if there is none."""
    from expectations.gate import run_marts_gate

    build = standing_build(settings)
    return judge(
        settings.home,
        MARTS_GATE,
        judged_state(settings, build),
        lambda: run_marts_gate(
            build.run.settings(settings.home), limits, run_id, _states(settings, build)
        ),
    )


def _states(settings: Settings, build: Build) -> dict[str, str]:
    """What each table that was built is judged in; that of a view says nothing of its rows."""
    checks = digest_of_checks(settings)
    with connect(settings) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = current_database() and schema_name in ('intermediate', 'marts')"
        ).fetchall()
    return {
        f"{schema}.{name}": digest(build.nodes[name].state, checks)
        for schema, name in tables
        if name in build.nodes
    }
