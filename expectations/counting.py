"""DuckDB's part of a verdict: how many rows of a suite break an expectation, and the first of them.

Only one row per suite, and samples of what failed, become frames of pandas.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from duckdb import DuckDBPyConnection
from great_expectations.expectations.expectation import Expectation

from expectations.report import SAMPLE_ROWS, readable
from expectations.suite import Suite, name_of
from expectations.unexpected import columns_of, unexpected_rows
from pipelines.database import beside
from pipelines.sql import identifier

PARAMETER = re.compile(r"\$([a-z_]+)")
# no column of a suite's own query has a blank in its name
ROWS, UNEXPECTED = "rows judged", "unexpected "

COUNTS = """
select count(*) as "{rows}", {figures}
from (select *, {marks} from ({query}))
"""
SAMPLE = """
select {shown}
from (
    select *, row_number() over () as "row number", {condition} as "is unexpected"
    from ({query})
)
where "is unexpected"
order by "row number"
limit {limit}
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """One row: all rows of a suite, those that break each expectation, and the only row if any."""

    frame: pd.DataFrame

    def unexpected(self, expected: Expectation) -> int:
        return int(self.frame[UNEXPECTED + name_of(expected)][0])

    def observed(self, suite: Suite, expected: Expectation) -> str:
        """What was found, in words: the values of the only row, or how many rows are unexpected."""
        rows = self.frame[ROWS][0]
        if rows == 1:
            (record,) = _records(self.frame[[*columns_of(expected), *suite.told]])
            return ", ".join(f"{name} {readable(value)}" for name, value in record.items())
        return f"{self.unexpected(expected)} of {rows} rows"


class Counter:
    """Runs the queries of suites; `parameters` are those of the run."""

    def __init__(self, connection: DuckDBPyConnection, parameters: Mapping[str, Any]) -> None:
        self._connection = connection
        self._parameters = parameters

    def counts(self, suite: Suite) -> Counts:
        """All expectations of a suite in one query."""
        marks = {
            identifier(UNEXPECTED + name_of(expected)): unexpected_rows(expected)
            for expected in suite.expectations
        }
        columns = {name for expected in suite.expectations for name in columns_of(expected)}
        columns |= set(suite.told)
        figures = [f"count(*) filter (where {mark}) as {mark}" for mark in marks]
        figures += [f"any_value({name}) as {name}" for name in map(identifier, sorted(columns))]
        query = COUNTS.format(
            query=suite.query,
            marks=", ".join(f"{condition} as {mark}" for mark, condition in marks.items()),
            rows=ROWS,
            figures=", ".join(figures),
        )
        return Counts(self._frame(query, suite))

    def sample(self, suite: Suite, expected: Expectation) -> list[dict[str, Any]]:
        """The first rows that break an expectation."""
        evidence = suite.evidence.get(name_of(expected))
        shown = dict.fromkeys([*suite.keys, *columns_of(expected)])
        query = evidence or SAMPLE.format(
            query=suite.query,
            condition=unexpected_rows(expected),
            shown=", ".join(map(identifier, shown)),
            limit=SAMPLE_ROWS,
        )
        return _records(self._frame(query, suite))

    def _frame(self, query: str, suite: Suite) -> pd.DataFrame:
        known = {**self._parameters, **suite.values}
        used = {name: known[name] for name in PARAMETER.findall(query)}
        with beside(self._connection) as connection:
            return connection.execute(query, used).df()


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    # object cells turn numpy's numbers into Python's, and every kind of null into None
    plain = frame.head(SAMPLE_ROWS).astype(object)
    rows = plain.where(plain.notna(), None).to_dict("records")
    return [{str(column): value for column, value in row.items()} for row in rows]
