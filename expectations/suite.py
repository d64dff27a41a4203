"""A suite: one frame that DuckDB computes, and the plain list of what is expected of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.limits import Section

GX_SEVERITIES = {"blocks": FailureSeverity.CRITICAL, "warns": FailureSeverity.WARNING}


@dataclass(frozen=True, slots=True)
class Suite:
    """Expectations on the rows of `query`, which reads the tables in `needs`.

    `table` is the feed or mart that failures are reported on, `keys` the columns of the frame that
    name a row in a report. `values` are the query's own parameters, beside those of the run.
    `evidence` holds, for an expectation on a total, a query that finds the rows behind it, and
    `told` names columns that are reported beside the total.
    """

    name: str
    table: str
    needs: tuple[str, ...]
    query: str
    expectations: Sequence[Expectation]
    keys: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()


def impossible(kind: type[Expectation], name: str, says: str, **arguments: Any) -> Expectation:
    """An expectation that no true export can break: it always blocks."""
    severity = FailureSeverity.CRITICAL
    return kind(meta={"name": name}, description=says, severity=severity, **arguments)


def improbable(
    limit: Section, kind: type[Expectation], name: str, says: str, **arguments: Any
) -> Expectation:
    """An expectation that odd but true rows can break: its section of the limits decides."""
    severity = GX_SEVERITIES[limit["severity"]]
    return kind(meta={"name": name}, description=says, severity=severity, **arguments)


def name_of(expected: Expectation) -> str:
    """The name that `impossible` or `improbable` gave it."""
    return str((expected.meta or {})["name"])
