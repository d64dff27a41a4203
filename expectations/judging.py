"""Great Expectations as the judge of counts; importing this module costs seconds."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from duckdb import DuckDBPyConnection
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.counting import Counter, Counts
from expectations.report import Result, sampled
from expectations.suite import Suite, name_of
from expectations.unexpected import columns_of

QUERIES_AT_ONCE = 2

Counted = tuple[Suite, Expectation, Counts]


class Judge:
    """Runs suites on one connection."""

    def __init__(self, connection: DuckDBPyConnection, parameters: Mapping[str, Any]) -> None:
        self._counter = Counter(connection, parameters)

    def results(self, suites: Sequence[Suite]) -> Iterator[Result]:
        """Count the unexpected rows of each suite, and give one verdict per expectation."""
        with ThreadPoolExecutor(QUERIES_AT_ONCE) as pool:
            counts = list(pool.map(self._counter.counts, suites))
        counted = [
            (suite, expected, found)
            for suite, found in zip(suites, counts, strict=True)
            for expected in suite.expectations
        ]
        if counted:
            for one, success in zip(counted, self._verdicts(counted), strict=True):
                yield self._result(one, success)

    def _verdicts(self, counted: Sequence[Counted]) -> list[bool]:
        """All counts judged as columns of one frame: none may be above 0.

        One validation per suite takes five times as long as counting the rows of the demo company.
        """
        figures = {
            f"{suite.name}.{name_of(expected)}": (expected, counts.unexpected(expected))
            for suite, expected, counts in counted
        }
        frame = pd.DataFrame({name: [count] for name, (_, count) in figures.items()})
        expectations = [
            gxe.ExpectColumnMaxToBeBetween(
                column=name,
                max_value=0,
                description=expected.description,
                severity=expected.severity,
            )
            for name, (expected, _) in figures.items()
        ]
        suite = gx.ExpectationSuite(name="counts", expectations=expectations)
        verdicts = {}
        for verdict in batch_of(frame).validate(suite, result_format="BASIC").results:
            if verdict.expectation_config is None or not verdict.result:
                raise RuntimeError(f"an expectation could not be judged: {verdict.exception_info}")
            verdicts[verdict.expectation_config.kwargs["column"]] = bool(verdict.success)
        return [verdicts[name] for name in figures]

    def _result(self, counted: Counted, success: bool) -> Result:
        suite, expected, counts = counted
        is_critical = expected.severity == FailureSeverity.CRITICAL
        return Result(
            suite=suite.name,
            name=name_of(expected),
            table=suite.table,
            column=", ".join(columns_of(expected)) or None,
            severity="blocks" if is_critical else "warns",
            success=success,
            message=str(expected.description),
            observed=counts.observed(suite, expected),
            sample_rows=[] if success else sampled(self._counter.sample(suite, expected)),
        )


def batch_of(frame: pd.DataFrame) -> Batch:
    """A frame to validate, in a context that lives in memory and tells nobody."""
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
