"""The two gates of a run: raw batches before the models, marts before publishing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from expectations.catalog import Tables, tables_of
from expectations.limits import Limits
from expectations.report import GateReport, Result
from expectations.rules import RULES_JUDGED_BY
from pipelines.database import connect
from pipelines.rules.checking import Rules
from pipelines.rules.seeds import CHANNEL_FEEDS
from pipelines.settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from expectations.suite import Suite

# Great Expectations takes seconds to import, so each gate imports its suites when it runs


def run_raw_gate(settings: Settings, rules: Rules, limits: Limits, run_id: str) -> GateReport:
    """Judge what the loader left in schema `raw`, its newest batch above all."""
    from expectations.raw import EXPECTED, suites

    # no other rule, or a change of it would not be judged
    read = {name: rules.rows[name] for name in RULES_JUDGED_BY}
    parameters = {
        **reported_day(settings),
        "holidays": [row.values["date"] for row in read["holidays"]],
        "sources": [source.name for source in settings.sources],
        "zones": [
            source.timezone or settings.variables.source_timezone for source in settings.sources
        ],
        "mapped_sales_dispositions": [
            row.text("raw_disposition") for row in read["disposition_map"]
        ],
        "scenarios": [row.text("scenario_id") for row in read["scenarios"]],
        **{
            f"mapped_{feed}_events": [
                row.text("key") for row in read["channel_map"] if row.text("feed") == feed
            ]
            for feed in CHANNEL_FEEDS
        },
    }
    connection = connect(settings)
    try:
        tables = tables_of(connection)
        missing = _missing("raw", EXPECTED, tables)
        results = _judged(connection, _present(tables, suites(limits)), parameters)
    finally:
        connection.close()
    return _saved("raw", run_id, [*missing, *results], settings)


def run_marts_gate(
    settings: Settings, limits: Limits, run_id: str, states: Mapping[str, str] | None = None
) -> GateReport:
    """Judge every mart in schema `marts` before it is published.

    Of tables with `states` (see `expectations.keeping`) the verdicts of the last report that let
    its run pass are kept while the states are the same.
    """
    from expectations import known_people, privacy, written
    from expectations.keeping import Kept
    from expectations.marts import EXPECTED, suites

    connection = connect(settings)
    try:
        written.collect(connection, settings)
        tables = tables_of(connection)
        missing = _missing("marts", EXPECTED, tables)
        found = [
            *suites(limits),
            *privacy.suites(tables, limits),
            *known_people.suites(tables, limits),
        ]
        wanted = _present(tables, found)
        parameters = reported_day(settings)
        kept = Kept.of(settings.gate_results, "marts", states or {}, parameters)
        changed = [suite for suite in wanted if kept.results_of(suite) is None]
        fresh = defaultdict(list)
        for result in _judged(connection, changed, parameters):
            fresh[result.suite].append(result)
        results = [
            result if result.state else replace(result, state=kept.state_of(suite))
            for suite in wanted
            for result in fresh.get(suite.name) or kept.results_of(suite) or []
        ]
    finally:
        connection.close()
    return _saved("marts", run_id, [*missing, *results], settings)


def _present(tables: Tables, suites: Iterable["Suite"]) -> list["Suite"]:
    """The suites whose tables are all there."""
    return [suite for suite in suites if all(name in tables for name in suite.needs)]


def reported_day(settings: Settings) -> dict[str, Any]:
    """What every suite's query may use: the day, its end in UTC (without zone) and the zone."""
    zone = ZoneInfo(settings.variables.reporting_timezone)
    day_after = settings.as_of + timedelta(days=1)
    ends_at = datetime.combine(day_after, time(), zone).astimezone(ZoneInfo("UTC"))
    return {"as_of": settings.as_of, "timezone": zone.key, "ends_at": ends_at.replace(tzinfo=None)}


def _judged(
    connection: "DuckDBPyConnection", suites: Sequence["Suite"], parameters: Mapping[str, Any]
) -> list[Result]:
    from expectations.judging import Judge

    return list(Judge(connection, parameters).results(suites))


def _missing(schema: str, expected: Iterable[str], tables: Tables) -> list[Result]:
    return [
        Result(
            suite=name,
            name="table_exists",
            table=name,
            column=None,
            severity="blocks",
            success=False,
            message=f"the table {schema}.{name} exists",
            observed="no such table",
        )
        for name in expected
        if f"{schema}.{name}" not in tables
    ]


def _saved(gate: str, run_id: str, results: Iterable[Result], settings: Settings) -> GateReport:
    judged_by = [replace(result, run_id=result.run_id or run_id) for result in results]
    report = GateReport(gate, run_id, judged_by)
    report.save(settings.gate_results)
    return report
