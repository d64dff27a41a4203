"""Suites run on a connection, as the gates run them."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from expectations.limits import Limits, read_limits
from expectations.report import Result
from expectations.suite import Suite
from pipelines.settings import Settings, Source


def shipped_limits() -> Limits:
    return read_limits()


def results(
    connection: duckdb.DuckDBPyConnection,
    suites: Iterable[Suite],
    as_of: date,
    **parameters: Any,
) -> list[Result]:
    """Verdicts of the suites, in the reporting time zone of a run with the default settings."""
    from expectations.gate import reported_day
    from expectations.judging import Judge

    day = reported_day(Settings(home=Path(), sources=(Source(landing=Path()),), as_of=as_of))
    judge = Judge(connection, {**day, **parameters})
    return list(judge.results(list(suites)))


def failing(judged: Iterable[Result]) -> set[str]:
    return {result.name for result in judged if not result.success}


def speaking_of(suites: Iterable[Suite], names: set[str]) -> list[Suite]:
    """The suites that hold one of the expectations, each named as `table.name`."""
    return [
        suite
        for suite in suites
        if any(f"{suite.table}.{one.meta['name']}" in names for one in suite.expectations)
    ]
