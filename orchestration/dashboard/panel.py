"""What a panel of the page consists of; the page draws every panel from this description."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from orchestration.dashboard.published import Table


@dataclass(frozen=True, slots=True)
class Control:
    """One choice of the reader.

    `filter` keeps the rows whose column `name` has the chosen value, `signal` hands the value to
    the chart's parameter `name`. Text `<panel>.<name>` names the control.
    """

    name: str
    form: Literal["buttons", "select", "slider"]
    effect: Literal["filter", "signal"]
    options: Sequence["Option"]
    chosen: str | int | None


@dataclass(frozen=True, slots=True)
class Option:
    """A value to choose, with the key of its text or, for what comes from the data, its label."""

    value: str | int
    text: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification over one table, and its text alternative.

    `alt` names a text; `alt_values` says which column's first, last or highest value it takes. The
    chart is empty unless some row has all columns of `needs`. With `repeat` it is drawn once for
    each value of that column, under the value of the column `heading`.
    """

    spec: Mapping[str, Any]
    table: str
    alt: str
    needs: Sequence[str]
    alt_values: Mapping[str, tuple[str, Literal["first", "last", "highest"]]] = field(
        default_factory=dict
    )
    repeat: str | None = None
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Readout:
    """A sentence filled from the row in which `column` has its control's value, or the first."""

    text: str
    table: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One card of the page; the texts `<name>.title`, `.question` and `.note` stand around it.

    The figures of all tables, or of those `shown`, can be read below the charts. `texts` are words
    by language that `texts.toml` does not have.
    """

    name: str
    tables: Mapping[str, Table]
    charts: Sequence[Chart] = ()
    controls: Sequence[Control] = ()
    shown: Sequence[str] | None = None
    are_tables_open: bool = False
    readout: Readout | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """The form in which the page holds it."""
        return {
            "name": self.name,
            "tables": {name: table.content() for name, table in self.tables.items()},
            "charts": [asdict(chart) for chart in self.charts],
            "controls": [asdict(control) for control in self.controls],
            "shown": list(self.tables if self.shown is None else self.shown),
            "are_tables_open": self.are_tables_open,
            "readout": asdict(self.readout) if self.readout else None,
            "extras": dict(self.extras),
        }
