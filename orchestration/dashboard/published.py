"""What the page is made from: the published file, the reported day and the gate reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import duckdb
from jinja2 import Environment

from orchestration.published.reading import ask
from pipelines.settings import DBT_PROJECT, Settings
from pipelines.sql import identifier

# fmt: off
Kind = Literal[
    "text", "group", "stage", "outcome", "feed", "gate", "check", "month", "quarter", "day",
    "count", "decimal", "rate", "points", "ratio", "amount", "flag", "score", "hidden", "series",
    "scenario", "verdict",
]
# fmt: on
# enough for any figure that is shown, and free of what the order of a sum leaves behind
DIGITS = 9
RATES = DBT_PROJECT / "macros" / "rates.sql"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one query, in values that JSON has; `kinds` says how a reader sees each column."""

    kinds: Mapping[str, Kind]
    rows: list[tuple[Any, ...]]

    def content(self) -> dict[str, Any]:
        """The form in which the page holds it."""
        return {"columns": list(self.kinds.items()), "rows": self.rows}

    def records(self) -> list[dict[str, Any]]:
        return [dict(zip(self.kinds, row, strict=True)) for row in self.rows]


class Marts:
    """The published marts of a home, read-only."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
        add_wilson_bounds(connection)
        self._connection = connection
        self.as_of = settings.as_of
        self.variables = settings.variables
        self.home = settings.home

    def columns(self, mart: str) -> dict[str, str]:
        """The columns of a mart with their types."""
        described = self._connection.execute(f"describe {identifier(mart)}").fetchall()
        return {name: kind for name, kind, *_ in described}

    def table(self, query: str, kinds: Mapping[str, Kind], **parameters: str | int) -> Table:
        """Run a query, which must order its rows totally; `$as_of` is the reported day."""
        given: dict[str, date | str | int] = {"as_of": self.as_of, **parameters}
        used = {name: value for name, value in given.items() if f"${name}" in query}
        found = ask(self._connection, query, **used)
        names = [column[0] for column in found.description]
        if names != list(kinds):
            raise ValueError(f"the query gives {names}, the panel shows {list(kinds)}")
        return Table(kinds, [tuple(map(plain, row)) for row in found.fetchall()])


def add_wilson_bounds(connection: duckdb.DuckDBPyConnection) -> None:
    """Add `wilson_low(hits, trials)` and `wilson_high(hits, trials)` by the models' own formula."""
    macros = RATES.read_text(encoding="utf-8")
    formula = Environment().from_string(f"{macros}{{{{ wilson_bound('hits', 'trials', side) }}}}")
    package = Environment().from_string(macros).module
    for side in ("low", "high"):
        bound = formula.render(side=side, lead_funnel=package)
        connection.execute(f"create or replace temp macro wilson_{side}(hits, trials) as {bound}")


def plain(value: Any) -> Any:
    """A cell as JSON holds it."""
    if isinstance(value, float | Decimal):
        number = round(float(value), DIGITS)
        return int(number) if number.is_integer() else number
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value
