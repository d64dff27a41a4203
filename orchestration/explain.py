"""`funnel explain`: one person as the warehouse sees them on a day, and why."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration import explain_queries as queries
from orchestration.last_run import last_run
from pipelines.database import register_functions
from pipelines.errors import UsageError

WIDTH = 110
DAYS_AROUND = 14


def explain(home: Path, wanted: str, day: date | None) -> str:
    """Who it is, the day's score rule by rule, fit, stage, hand-offs and the timeline around it.

    `wanted` is a person_id, a lead_id or an e-mail address in any spelling; `day` defaults to the
    last day reported. Raises UsageError if nobody is found or nothing was built yet.
    """
    run = last_run(home)
    if day and day > run.as_of:
        raise UsageError(f"--on {day}: the marts end with {run.as_of}")
    chosen = day or run.as_of
    with duckdb.connect(str(run.warehouse), read_only=True) as warehouse:
        register_functions(warehouse)
        person_id = _person(warehouse, wanted)
        out = StringIO()
        console = Console(file=out, width=WIDTH)
        _who(console, warehouse, person_id, wanted)
        _score(console, warehouse, person_id, chosen)
        _stages(console, warehouse, person_id, chosen)
        _handoffs(console, warehouse, person_id)
        _timeline(console, warehouse, person_id, chosen)
    return out.getvalue().rstrip()


def _person(warehouse: duckdb.DuckDBPyConnection, wanted: str) -> str:
    found = warehouse.execute(queries.PERSON, {"wanted": wanted}).fetchone()
    if found is None:
        raise UsageError(f"nobody has the person_id, lead_id or e-mail address {wanted!r}")
    return found[0]


def _who(
    console: Console, warehouse: duckdb.DuckDBPyConnection, person_id: str, wanted: str
) -> None:
    record = warehouse.execute(queries.PROFILE, {"person": person_id}).fetchone()
    assert record is not None
    created, source, campaign, account, tier, fit, grade, excluded, contactable, complete = record
    console.print(f"{wanted} is person {person_id}, known since {created}")
    console.print(
        f"  source {source}, campaign {campaign or '-'}, account {account or '-'} ({tier})"
    )
    flags = [
        "excluded by a fit rule" if excluded else "not excluded",
        "contactable" if contactable else "not contactable",
        "complete" if complete else "incomplete",
    ]
    console.print(f"  fit {fit} points, grade {grade}; {', '.join(flags)}")
    table = _table(
        "Lead records merged into this person", "lead", "created", "updated", "linked by"
    )
    for row in warehouse.execute(queries.RECORDS, {"person": person_id}).fetchall():
        table.add_row(*map(_text, row))
    console.print(table)


def _score(
    console: Console, warehouse: duckdb.DuckDBPyConnection, person_id: str, day: date
) -> None:
    rows = warehouse.execute(queries.CONTRIBUTIONS, {"person": person_id, "day": day}).fetchall()
    total = sum(row[-2] for row in rows)
    table = _table(
        f"Behaviour score on {day}: {total}",
        "rule",
        "touchpoint",
        "content",
        "active",
        "points",
        "until",
    )
    for row in rows:
        table.add_row(*map(_text, row))
    console.print(table)


def _stages(
    console: Console, warehouse: duckdb.DuckDBPyConnection, person_id: str, day: date
) -> None:
    spells = warehouse.execute(queries.QUALIFICATIONS, {"person": person_id}).fetchall()
    for start, end, trigger, score in spells:
        console.print(
            f"  qualified from {start} to {end or 'now'} by {trigger}, score at entry {score}"
        )
    table = _table(
        f"Cycles up to {day}",
        "cycle",
        "started",
        "mql",
        "handed off",
        "sal",
        "appointment",
        "opportunity",
        "won",
        "furthest",
        "outcome",
    )
    for row in warehouse.execute(queries.CYCLES, {"person": person_id}).fetchall():
        table.add_row(*map(_text, row))
    console.print(table)


def _handoffs(console: Console, warehouse: duckdb.DuckDBPyConnection, person_id: str) -> None:
    rows = warehouse.execute(queries.HANDOFFS, {"person": person_id}).fetchall()
    if not rows:
        console.print("Never handed to sales.")
        return
    table = _table(
        "Hand-offs",
        "handed off",
        "team",
        "rep",
        "routed by",
        "score",
        "deadline",
        "touched",
        "accepted",
        "outcome",
    )
    for row in rows:
        table.add_row(*map(_text, row))
    console.print(table)


def _timeline(
    console: Console, warehouse: duckdb.DuckDBPyConnection, person_id: str, day: date
) -> None:
    around = timedelta(days=DAYS_AROUND)
    parameters = {"person": person_id, "first": day - around, "last": day + around}
    table = _table(
        f"Timeline {day - around} to {day + around}",
        "instant (UTC)",
        "feed",
        "what",
        "where",
        "known",
    )
    for row in warehouse.execute(queries.TIMELINE, parameters).fetchall():
        table.add_row(*map(_text, row))
    console.print(table)


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _text(value: object) -> str:
    return "" if value is None else str(value)
