"""The marts of the worked companies, completed by columns that their files do not have."""

import csv
from collections.abc import Callable
from pathlib import Path

from tests.reference.feeds import Row
from tests.reference.handoffs import IGNORED

# the last columns of a mart, as texts and out of the others of the row
ADDED: dict[str, dict[str, Callable[[Row], str]]] = {
    "fct_handoffs": {
        "is_ignored": lambda row: str(
            row["is_mature"] == "true" and row["outcome"] in IGNORED
        ).lower()
    },
    "ignore_rate": {"ignored": lambda row: str(sum(int(row[name]) for name in IGNORED))},
    "ignore_rate_monthly": {
        "ignored": lambda row: str(sum(int(row[name]) for name in IGNORED)),
        # in each of them sales tells of attempts and acceptances
        "is_outcome_only": lambda _: "false",
    },
}


def read_mart(path: Path) -> list[Row]:
    """The rows of one mart as texts, blank where null."""
    with path.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    added = ADDED.get(path.stem, {})
    return [row | {name: computed(row) for name, computed in added.items()} for row in rows]
