"""What can be known to be wrong before anything is touched."""

from datetime import date

import duckdb

from expectations.limits import read_limits
from orchestration.console import say
from pipelines.errors import UsageError
from pipelines.load.landing import discover
from pipelines.rules import check_rules
from pipelines.settings import Settings, Variables

# instants end with 2099 in UTC, which is New Year's Day of 2100 in the east
LAST_DAY = date(2100, 1, 1)


def preflight(settings: Settings) -> None:
    """Check day, landing folder, mapping, rules, gates and variables; raises UsageError."""
    if settings.as_of > LAST_DAY:
        raise UsageError(f"--as-of {settings.as_of}: no row can be dated after {LAST_DAY}")
    discover(settings)
    read_limits(settings.home)
    for warning in check_rules(settings.rules):
        say(f"rules: {warning}")
    _try_in_duckdb(settings.variables)


def _try_in_duckdb(variables: Variables) -> None:
    # python and DuckDB know different time zones and different regular expressions
    trials = {
        "reporting_timezone": "select timezone(?, timestamptz '2020-01-01')",
        "source_timezone": "select timezone(?, timestamp '2020-01-01')",
        "bot_pattern": "select regexp_matches('', ?)",
    }
    with duckdb.connect() as connection:
        for name, trial in trials.items():
            value = getattr(variables, name)
            try:
                connection.execute(trial, [value])
            except duckdb.Error as fault:
                raise UsageError(f"--set {name}={value}: DuckDB says {fault}") from None
