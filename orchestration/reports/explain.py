"""`funnel explain`: one person as it was known on a day, and why."""

import shutil
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.home import lock
from orchestration.home.records import published_run
from orchestration.reports import explain_queries as queries
from pipelines.database import open_database, register_functions
from pipelines.errors import NobodyError, UsageError

NARROW = 80
DAYS_BEFORE = 28
SHOWN = 10


class Explained:
    """One person on one day; each method prints a part of what was known by then."""

    def __init__(
        self, warehouse: duckdb.DuckDBPyConnection, person_id: str, day: date, zone: str
    ) -> None:
        self._warehouse = warehouse
        self._person_id = person_id
        self._day = day
        self._zone = zone
        self._out = StringIO()
        width = shutil.get_terminal_size((NARROW, 24)).columns
        self._console = Console(file=self._out, width=width, highlight=False, markup=False)

    def text(self) -> str:
        return self._out.getvalue().rstrip()

    def who(self, wanted: str, as_of: date) -> bool:
        """Print who it is; returns whether the person was known on the day."""
        (record,) = self._rows(queries.PROFILE, person=self._person_id)
        created, source, campaign, account, tier, fit, grade, excluded, contactable, complete = (
            record
        )
        line = f"{wanted} is person {self._person_id}, known since {created}"
        self._console.print(line, soft_wrap=True)
        if self._day < created:
            self._print(f"not known yet on {self._day}")
            return False
        flags = [
            "excluded by a fit rule" if excluded else "not excluded",
            "contactable" if contactable else "not contactable",
            "complete" if complete else "incomplete",
        ]
        self._print(f"  attributes as of {as_of}, which count for every day:")
        self._print(f"  source {source}, campaign {campaign or '-'}")
        self._print(f"  account {account or '-'} ({tier})")
        self._print(f"  fit {fit} points, grade {grade}; {', '.join(flags)}")
        table = _table("Lead records merged into this person", "lead")
        for heading in ("created", "updated"):
            table.add_column(heading, no_wrap=True, min_width=10)
        table.add_column("linked by")
        self._fill(table, self._rows(queries.RECORDS, **self._known()))
        return True

    def score(self) -> None:
        rows = self._rows(queries.CONTRIBUTIONS, person=self._person_id, day=self._day)
        total = sum(row[-1] for row in rows)
        table = _table(f"Behaviour score on {self._day}: {total}", "rule", "touchpoint")
        table.add_column("active", justify="right", no_wrap=True)
        table.add_column("points", justify="right", no_wrap=True)
        self._fill(table, rows)

    def stages(self) -> None:
        spells = self._rows(queries.QUALIFICATIONS, person=self._person_id, day=self._day)
        for start, end, trigger, score in spells:
            until = f"from {start} to {end}" if end else f"since {start}"
            self._print(f"  qualified {until} by {trigger}, score at entry {score}")
        table = _table(f"Cycles up to {self._day}", "cycle", "stage")
        table.add_column("date", no_wrap=True, min_width=10)
        self._fill(table, self._rows(queries.CYCLES, person=self._person_id, day=self._day))

    def handoffs(self) -> None:
        rows = self._rows(queries.HANDOFFS, **self._known())
        if not rows:
            self._print(f"Not handed to sales up to {self._day}.")
            return
        self._print(f"Hand-offs up to {self._day}")
        for handed_off, team, rep, routed_by, score, deadline, *answers, outcome in rows:
            whom = ", ".join(filter(None, (team, rep, routed_by and f"routed by {routed_by}")))
            self._print(f"  {handed_off}  {outcome}; {whom or 'nobody named'}; score {score}")
            dates = zip(("touched", "accepted", "rejected", "withdrawn"), answers, strict=True)
            days = [f"deadline {deadline}", *(f"{name} {day}" for name, day in dates if day)]
            self._print(f"    {', '.join(days)}")

    def timeline(self) -> None:
        first = self._day - timedelta(days=DAYS_BEFORE)
        table = _table(f"Timeline {first} to {self._day}")
        table.add_column(self._zone, no_wrap=True, min_width=19)
        table.add_column("feed", no_wrap=True)
        table.add_column("what", no_wrap=True)
        table.add_column("where", overflow="ellipsis", no_wrap=True)
        self._fill(table, self._rows(queries.TIMELINE, **self._known(), first=first))

    def _known(self) -> dict[str, Any]:
        return {"person": self._person_id, "day": self._day, "zone": self._zone}

    def _rows(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        return self._warehouse.execute(query, parameters).fetchall()

    def _print(self, line: str) -> None:
        self._console.print(line)

    def _fill(self, table: Table, rows: list[tuple[Any, ...]]) -> None:
        for row in rows:
            table.add_row(*("" if value is None else str(value) for value in row))
        self._console.print(table)


def explain(home: Path, wanted: str, day: date | None) -> str:
    """Who it is, the day's score rule by rule, fit, stage, hand-offs and the timeline up to it.

    `wanted` is a person_id, a lead_id, an e-mail address or telephone number in any spelling, or
    the id of a hand-off, deal, browser or account; `day` defaults to the last day reported. Raises
    NobodyError if nobody is found, UsageError if several people are, or nothing was built yet, and
    HomeLockedError during a run.
    """
    run = published_run(home)
    if day and day > run.as_of:
        raise UsageError(f"--on {day}: the marts end with {run.as_of}")
    with (
        lock.reading(home),
        open_database(run.warehouse, read_only=True) as warehouse,
    ):
        register_functions(warehouse)
        zone = run.variables.reporting_timezone
        person_id = _person(warehouse, wanted, zone)
        explained = Explained(warehouse, person_id, day or run.as_of, zone)
        if explained.who(wanted, run.as_of):
            explained.score()
            explained.stages()
            explained.handoffs()
            explained.timeline()
    return explained.text()


def _person(warehouse: duckdb.DuckDBPyConnection, wanted: str, zone: str) -> str:
    found = warehouse.execute(queries.PERSON, {"wanted": wanted}).fetchall()
    if len(found) > 1:
        listed = ", ".join(person for (person,) in found[:SHOWN])
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        raise UsageError(f"{wanted} leads to {len(found):,} people, choose one: {listed}{more}")
    if found:
        return str(found[0][0])
    deleted = warehouse.execute(queries.DELETED, {"wanted": wanted, "zone": zone}).fetchone()
    if deleted is None:
        raise NobodyError(
            f"nobody has the person_id, lead_id, e-mail address or telephone number {wanted!r}, nor"
            " a hand-off, deal, browser or account of this id"
        )
    day, survivor = deleted
    into = f" and merged into {survivor}, which leads to no lead" if survivor else ""
    raise NobodyError(f"lead {wanted} was deleted on {day}{into}")


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="ellipsis", no_wrap=heading != "touchpoint")
    return table
