"""What a later publication says otherwise of a past month: kept in the home, beside the marts.

`kpi_revisions` is no function of the rows and the reported day alone, so it is no model. What was
published last and all revisions since the first publication stand in a file of the home, which
outlives the warehouse.
"""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

from duckdb import DuckDBPyConnection
from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration.build.inputs import Inputs, digest
from orchestration.console import say
from orchestration.home.records import read_records
from pipelines.feeds import FEEDS
from pipelines.files import atomic_write

FILE = "kpi_revisions.json"
TABLE = "kept.kpi_revisions"
COLUMNS = (
    "published_at timestamp, as_of_date date, kpi_id varchar, month date,"
    " before double, after double, cause varchar"
)
# figures that differ by less are the same sum in another order
TOLERANCE = 1e-9

Figures = Mapping[tuple[str, date], float | None]


class _Kept(BaseModel):
    """Base of the parts of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Causes(_Kept):
    """Digests of what a publication was made from; the order is that of a cause's words."""

    rows: str
    rules: str
    settings: str
    models: str

    @classmethod
    def of(cls, inputs: Inputs) -> Self:
        """Which rows exist also depends on the reported day."""
        loads = {feed.name: inputs.loads.get(feed.name) for feed in FEEDS}
        return cls(
            rows=digest(str(inputs.as_of), repr({name: n for name, n in loads.items() if n})),
            rules=digest(repr(sorted(inputs.rules.items()))),
            settings=digest(inputs.variables.model_dump_json(exclude_defaults=True)),
            models=digest(inputs.models, inputs.engine),
        )

    def changed_since(self, earlier: Self) -> str:
        """The names of what differs, joined by `+`."""
        before = earlier.model_dump()
        return "+".join(name for name, now in self.model_dump().items() if now != before[name])


class Figure(_Kept):
    """What was published of one KPI and month."""

    kpi_id: str
    month: date
    actual: float | None
    is_count: bool


class Said(_Kept):
    """What one publication said of all KPIs."""

    as_of: date
    causes: Causes
    figures: tuple[Figure, ...]

    @classmethod
    def of(cls, connection: DuckDBPyConnection, inputs: Inputs) -> Self:
        """What the scorecard of a warehouse says."""
        found = connection.execute(
            "select kpi_id, month, actual, denominator is null as is_count"
            " from marts.kpi_scorecard order by all"
        )
        names = [column[0] for column in found.description]
        figures = [Figure(**dict(zip(names, row, strict=True))) for row in found.fetchall()]
        return cls(as_of=inputs.as_of, causes=Causes.of(inputs), figures=tuple(figures))

    def in_months(self, months: set[date], kpis: Mapping[str, bool]) -> Figures:
        """The figures of these months and KPIs; in a month without news counts are 0."""
        nothing = {(kpi, month): 0.0 if kpis[kpi] else None for kpi in kpis for month in months}
        known = {(one.kpi_id, one.month): one.actual for one in self.figures}
        return nothing | {key: known[key] for key in nothing.keys() & known.keys()}

    @property
    def kpis(self) -> dict[str, bool]:
        """Each KPI, and whether it is a count."""
        return {one.kpi_id: one.is_count for one in self.figures}


class Revision(_Kept):
    """One row of `kpi_revisions`."""

    published_at: datetime
    as_of_date: date
    kpi_id: str
    month: date
    before: float | None
    after: float | None
    cause: str


class History(_Kept):
    """The last publication and all revisions up to it; `home_id` says whose."""

    home_id: str | None = None
    said: Said | None = None
    revisions: tuple[Revision, ...] = ()

    def published(self, said: Said, at: datetime) -> Self:
        """The history after one more publication."""
        return self.model_copy(
            update={"said": said, "revisions": (*self.revisions, *self._revised(said, at))}
        )

    def _revised(self, said: Said, at: datetime) -> list[Revision]:
        """Differences in months that were over for the earlier publication and are reported now."""
        if self.said is None:
            return []
        months = {one.month for one in (*self.said.figures, *said.figures)}
        over = {
            month
            for month in months
            if month < self.said.as_of.replace(day=1) and month <= said.as_of
        }
        # a KPI that one of the two trees lacks was not said otherwise
        kpis = {kpi: is_count for kpi, is_count in said.kpis.items() if kpi in self.said.kpis}
        before, after = self.said.in_months(over, kpis), said.in_months(over, kpis)
        cause = said.causes.changed_since(self.said.causes)
        return [
            Revision(
                published_at=at,
                as_of_date=said.as_of,
                kpi_id=kpi,
                month=month,
                before=before[kpi, month],
                after=after[kpi, month],
                cause=cause,
            )
            for kpi, month in sorted(before)
            if not _are_same(before[kpi, month], after[kpi, month])
        ]


def _are_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def read_history(home: Path) -> History:
    """What is kept of a home; a damaged or foreign file is put aside, with a warning."""
    path, own = home / FILE, read_records(home).home_id
    if not path.exists():
        return History(home_id=own)
    try:
        history = History.model_validate_json(path.read_bytes())
        if history.home_id in {None, own}:
            return history.model_copy(update={"home_id": own})
        fault = "is of another home"
    except ValidationError:
        fault = "is damaged"
    aside = path.with_suffix(".damaged.json")
    path.replace(aside)
    say(f"warning: {path} {fault}: put aside as {aside.name}, kpi_revisions begins anew")
    return History(home_id=own)


def keep_history(home: Path, history: History) -> None:
    """Write the history into its home."""
    atomic_write(home / FILE, history.model_dump_json(indent=1) + "\n")


def record_revisions(connection: DuckDBPyConnection, home: Path, inputs: Inputs) -> History:
    """The history with the marts of a warehouse published now; its table is written there."""
    now = datetime.now(UTC).replace(tzinfo=None)
    history = read_history(home).published(Said.of(connection, inputs), now)
    connection.execute("create schema if not exists kept")
    connection.execute(f"create or replace table {TABLE} ({COLUMNS})")
    if history.revisions:
        connection.executemany(
            f"insert into {TABLE} values (?, ?, ?, ?, ?, ?, ?)",
            [list(one.model_dump().values()) for one in history.revisions],
        )
    return history
