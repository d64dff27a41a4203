"""Great Expectations as the judge of small frames; importing this module costs seconds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import great_expectations as gx
import pandas as pd
from duckdb import DuckDBPyConnection
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)

from expectations.report import SAMPLE_ROWS, Result, Severity, readable, sampled
from expectations.suite import Suite
from pipelines.database import beside

RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": SAMPLE_ROWS}
FRAMES_AT_ONCE = 2
PARAMETER = re.compile(r"\$([a-z_]+)")
COLUMN_ARGUMENTS = ("column", "column_A", "column_B", "column_list")


class Judge:
    """Runs suites on one connection, in a context that lives in memory and tells nobody."""

    def __init__(self, connection: DuckDBPyConnection, parameters: Mapping[str, Any]) -> None:
        self._connection = connection
        self._parameters = parameters
        config = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        )
        context = gx.get_context(mode="ephemeral", project_config=config)
        asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset("frame")
        self._frames = asset.add_batch_definition_whole_dataframe("whole")

    def results(self, suites: Sequence[Suite]) -> Iterator[Result]:
        """Compute each suite's frame and give one verdict per expectation."""
        # while one frame is judged the next ones are computed
        with ThreadPoolExecutor(FRAMES_AT_ONCE) as pool:
            frames = pool.map(lambda suite: self._frame(suite.query, suite), suites)
            for suite, frame in zip(suites, frames, strict=True):
                yield from self._verdicts(suite, frame)

    def _verdicts(self, suite: Suite, frame: pd.DataFrame) -> Iterator[Result]:
        batch = self._frames.get_batch({"dataframe": frame})
        expected = gx.ExpectationSuite(name=suite.name, expectations=list(suite.expectations))
        for verdict in batch.validate(expected, result_format=RESULT_FORMAT).results:
            yield self._result(suite, frame, verdict)

    def _frame(self, query: str, suite: Suite) -> pd.DataFrame:
        known = {**self._parameters, **suite.values}
        used = {name: known[name] for name in PARAMETER.findall(query)}
        with beside(self._connection) as connection:
            return connection.execute(query, used).df()

    def _result(
        self, suite: Suite, frame: pd.DataFrame, verdict: ExpectationValidationResult
    ) -> Result:
        config = verdict.expectation_config
        if config is None or not verdict.result:
            raise RuntimeError(f"{suite.name} could not be judged: {verdict.exception_info}")
        name = config.meta["name"]
        columns = _columns(config.kwargs)
        severity: Severity = "blocks" if config.severity == "critical" else "warns"
        rows = [] if verdict.success else self._rows(suite, name, frame, columns, verdict.result)
        return Result(
            suite=suite.name,
            name=name,
            table=suite.table,
            column=", ".join(columns) or None,
            severity=severity,
            success=bool(verdict.success),
            message=str(config.description),
            observed=_observed(frame, columns, verdict.result),
            sample_rows=sampled(rows),
        )

    def _rows(
        self,
        suite: Suite,
        name: str,
        frame: pd.DataFrame,
        columns: list[str],
        result: Mapping[str, Any],
    ) -> list[dict[str, Any]]:
        if name in suite.evidence:
            return _records(self._frame(suite.evidence[name], suite))
        shown = list(dict.fromkeys([*suite.keys, *columns]))
        return _records(frame.loc[result["partial_unexpected_index_list"], shown])


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    # object cells turn numpy's numbers into Python's, and every kind of null into None
    plain = frame.head(SAMPLE_ROWS).astype(object)
    rows = plain.where(plain.notna(), None).to_dict("records")
    return [{str(column): value for column, value in row.items()} for row in rows]


def _columns(arguments: Mapping[str, Any]) -> list[str]:
    """The columns that an expectation speaks of, in its own order."""
    named: list[str] = []
    for argument in COLUMN_ARGUMENTS:
        value = arguments.get(argument, [])
        named += value if isinstance(value, list) else [value]
    return named


def _observed(frame: pd.DataFrame, columns: list[str], result: Mapping[str, Any]) -> str:
    if len(frame) == 1:
        record = _records(frame[columns])[0]
        return ", ".join(f"{name} {readable(value)}" for name, value in record.items())
    return f"{result['unexpected_count']} of {result['element_count']} rows"
