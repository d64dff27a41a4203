"""Verdicts that stay: what was judged well is not judged again until a table it reads changes."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.counting import PARAMETER
from expectations.report import DamagedReportError, Result, last_passed
from expectations.suite import Suite, name_of


@dataclass(frozen=True, slots=True)
class Kept:
    """Verdicts of an earlier run by suite, and what says whether they still hold.

    `states` are the states of tables by `schema.table`, where one covers all rows of the table and
    what it is judged by; `parameters` are those of the run.
    """

    verdicts: Mapping[str, list[Result]]
    states: Mapping[str, str]
    parameters: Mapping[str, Any]

    @classmethod
    def of(
        cls, folder: Path, gate: str, states: Mapping[str, str], parameters: Mapping[str, Any]
    ) -> "Kept":
        """Those of the newest report that let its run pass; none of a damaged one."""
        try:
            report = last_passed(folder, gate)
        except DamagedReportError:
            report = None
        verdicts: dict[str, list[Result]] = defaultdict(list)
        for result in report.results if report else []:
            verdicts[result.suite].append(result)
        return cls(verdicts, states, parameters)

    def state_of(self, suite: Suite) -> str | None:
        """A digest of all that the verdicts depend on; None if a table has no state."""
        if not all(table in self.states for table in suite.needs):
            return None
        queries = [suite.query, *suite.evidence.values()]
        used = {name for query in queries for name in PARAMETER.findall(query)}
        values = {**self.parameters, **suite.values}
        parts = [queries, {name: values[name] for name in used}]
        parts.append({table: self.states[table] for table in suite.needs})
        text = json.dumps(parts, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def results_of(self, suite: Suite) -> list[Result] | None:
        """The verdicts on a suite if they still hold."""
        state, found = self.state_of(suite), self.verdicts.get(suite.name, [])
        if state is None or any(result.state != state for result in found):
            return None
        names = [name_of(expected) for expected in suite.expectations]
        return found if [result.name for result in found] == names else None
