"""`funnel status`: the last runs of a home, what is published, how fresh it is."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

from pydantic import BaseModel
from rich import box
from rich.console import Console
from rich.table import Table

from expectations.report import GATES, newest
from orchestration.console import command_hint
from orchestration.home import lock
from orchestration.home.records import EndedRun, read_records
from orchestration.published.reading import open_published
from orchestration.published.verdicts import FOLDER
from pipelines.settings import of_source

RUNS_SHOWN = 10
WIDTH = 110
FEEDS = """
    select source, feed, count(*), max(loaded_at), sum(rows_loaded), sum(rows_quarantined)
    from load_audit
    group by source, feed
    order by source, feed
"""


class Feed(BaseModel):
    """What came of one feed of one source; `last_file_at` in UTC, days are whole ones."""

    feed: str
    files: int
    last_file_at: datetime
    days_ago: int
    rows_standing: int
    rows_quarantined: int


class Published(BaseModel):
    """The published marts; `written_at` in UTC."""

    as_of: date
    written_at: datetime
    marts: int
    days_behind: int


class Failing(BaseModel):
    """An expectation that does not hold; one that blocks kept its run from publishing."""

    gate: str
    severity: str
    table: str
    message: str
    observed: str


class Status(BaseModel):
    """All that `funnel status --json` prints; sizes in bytes, by entry of the home."""

    home: Path
    held_by: str | None
    unfinished: bool
    published: Published | None
    runs: list[EndedRun]
    feeds: list[Feed]
    failing: list[Failing]
    bytes: dict[str, int]

    def text(self) -> str:
        """The same for a person."""
        out = StringIO()
        console = Console(file=out, width=WIDTH, highlight=False, markup=False)
        console.print(*self._lines(), sep="\n", soft_wrap=True)
        if self.runs:
            console.print(self._runs_table())
        if self.feeds:
            console.print(self._feeds_table())
        for one in self.failing:
            console.print(
                f"{one.severity}  {one.table}: expected that {one.message}\n"
                f"        found {one.observed}",
                soft_wrap=True,
            )
        return out.getvalue().rstrip()

    def _lines(self) -> Iterator[str]:
        sizes = sorted(self.bytes.items(), key=lambda one: -one[1])
        largest = ", ".join(f"{name} {_size(size)}" for name, size in sizes[:4])
        yield f"home        {self.home}, {_size(sum(self.bytes.values()))} ({largest})"
        if self.published:
            behind = self.published.days_behind
            late = f"; the last complete day is {behind} days later" if behind > 0 else ""
            yield (
                f"published   {self.published.marts} marts as of {self.published.as_of}, written"
                f" {self.published.written_at:%Y-%m-%d %H:%M} UTC{late}"
            )
        else:
            yield "published   nothing yet"
        if self.held_by:
            yield f"running     {self.held_by}"
        elif self.unfinished:
            resume = command_hint(self.home, "refresh --resume")
            yield f"running     nothing; the last run did not finish ({resume})"

    def _runs_table(self) -> Table:
        table = _table("The last runs, the newest first; times in UTC", "began")
        for heading in ("as of", "took", "loaded", "quarantined"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("outcome")
        for run in self.runs:
            table.add_row(
                f"{run.began:%Y-%m-%d %H:%M}",
                *(f"{run.as_of}", f"{run.seconds:,.1f} s"),
                *(f"{run.rows_loaded:,}", f"{run.rows_quarantined:,}"),
                f"{run.outcome}: {run.message}" if run.message else run.outcome,
            )
        return table

    def _feeds_table(self) -> Table:
        table = _table("Feeds; times in UTC", "feed")
        for heading in ("files", "last file", "days ago", "standing", "quarantined"):
            table.add_column(heading, justify="right", no_wrap=True)
        for one in self.feeds:
            table.add_row(
                *(one.feed, f"{one.files:,}", f"{one.last_file_at:%Y-%m-%d %H:%M}"),
                *(f"{one.days_ago:,}", f"{one.rows_standing:,}", f"{one.rows_quarantined:,}"),
            )
        return table


def status(home: Path) -> Status:
    """What is known of a home without touching it."""
    records = read_records(home)
    publication, now = records.publication, datetime.now(UTC)
    published, feeds = None, []
    if publication and (home / "marts.duckdb").exists():
        settings = publication.run.settings(home)
        published = Published(
            as_of=settings.as_of,
            written_at=datetime.fromtimestamp(publication.file[1] // 10**9, UTC),
            marts=len(publication.marts),
            days_behind=(settings.variables.yesterday() - settings.as_of).days,
        )
        feeds = list(_feeds(home, now))
    return Status(
        home=home,
        held_by=lock.holder(home),
        unfinished=records.run is not None and not records.run.is_finished,
        published=published,
        runs=list(reversed(records.runs[-RUNS_SHOWN:])),
        feeds=feeds,
        failing=list(_failing(home)),
        bytes=_sizes(home),
    )


def _feeds(home: Path, now: datetime) -> Iterator[Feed]:
    with open_published(home) as marts:
        rows = marts.execute(FEEDS).fetchall()
    for source, feed, files, loaded_at, standing, quarantined in rows:
        last = loaded_at.replace(tzinfo=UTC)
        yield Feed(
            feed=of_source(source, feed),
            files=files,
            last_file_at=last,
            days_ago=(now - last).days,
            rows_standing=standing or 0,
            rows_quarantined=quarantined or 0,
        )


def _failing(home: Path) -> Iterator[Failing]:
    """What the newest report of each gate says, that of a run that was kept from publishing too."""
    for gate in GATES:
        report = newest(home / FOLDER, gate)
        for result in [*report.failed_blocking, *report.warnings] if report else []:
            yield Failing(
                gate=gate,
                severity=result.severity,
                table=result.table,
                message=result.message,
                observed=result.observed,
            )


def _sizes(home: Path) -> dict[str, int]:
    if not home.is_dir():
        return {}
    return {entry.name: _bytes(entry) for entry in sorted(home.iterdir())}


def _bytes(entry: Path) -> int:
    if not entry.is_dir():
        return entry.lstat().st_size
    found = 0
    for folder, _, files in os.walk(entry):
        # a run may remove one meanwhile
        paths = (Path(folder, name) for name in files)
        found += sum(path.lstat().st_size for path in paths if path.exists())
    return found


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _table(title: str, first: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(first, no_wrap=True)
    return table
