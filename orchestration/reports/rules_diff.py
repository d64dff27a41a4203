"""`funnel rules diff`: what a change of rules would do to the last half year, before it is live."""

import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.build.building import build_models
from orchestration.build.project import parsed_project
from orchestration.console import say
from orchestration.home import lock
from orchestration.home.records import published_run
from orchestration.reports import rules_diff_queries as queries
from pipelines.rules import check_rules, load_rules, stage_rules
from pipelines.settings import Settings
from pipelines.sql import literal

DAYS = 180
PEOPLE_SHOWN = 20
WIDTH = 100
COMPARED = ("fct_qualifications", "fct_handoffs")


def rules_diff(home: Path, before: Path, after: Path) -> str:
    """Who newly qualifies or no longer does, weekly load and expected acceptance of both sides.

    Both sides are built from the raw rows of the home for the day it reported last; the home itself
    stays as it is. Raises UsageError for bad rules or a home without marts.
    """
    published = published_run(home)
    for rules in (before, after):
        check_rules(rules)
    lock.hold(home)
    try:
        with duckdb.connect() as results:
            results.execute(f"set variable days = {DAYS}")
            day_before = published.as_of - timedelta(days=DAYS)
            results.execute(f"set variable day_before = date '{day_before}'")
            for side, rules in (("before", before), ("after", after)):
                say(f"building the qualifications of {rules}")
                _build_side(published, rules, side, results)
            return _report(results, published, before, after)
    finally:
        lock.release(home)


def _build_side(
    published: Settings, rules: Path, side: str, results: duckdb.DuckDBPyConnection
) -> None:
    scratch = published.home / "scratch" / "rules-diff"
    scratch.mkdir(parents=True, exist_ok=True)
    # what one machine can show needs no cluster
    settings = published.replace(home=scratch, rules=rules, engine="duckdb")
    shutil.copyfile(published.warehouse, settings.warehouse)
    stage_rules(load_rules(rules), settings.staged_rules)
    try:
        # the tables of the home stand in the copy, so that only what other rules change is built
        project = parsed_project(scratch, settings.project)
        build_models(settings, project, targets=COMPARED, with_tests=False)
        results.execute(f"attach {literal(settings.warehouse)} as built (read_only)")
        for table in COMPARED:
            results.execute(f"create table {table}_{side} as from built.marts.{table}")
        results.execute("detach built")
    finally:
        settings.warehouse.unlink()


def _report(
    results: duckdb.DuckDBPyConnection, published: Settings, before: Path, after: Path
) -> str:
    results.execute(queries.VIEWS)
    out = StringIO()
    console = Console(file=out, width=WIDTH)
    first, last = published.as_of - timedelta(days=DAYS - 1), published.as_of
    table = Table(title=f"The last {DAYS} days, {first} to {last}", title_justify="left")
    table.add_column("")
    table.add_column(f"before: {before.name}", justify="right")
    table.add_column(f"after: {after.name}", justify="right")
    for label, *values in results.execute(queries.SUMMARY).fetchall():
        table.add_row(label, *("-" if value is None else value for value in values))
    console.print(table)
    console.print(
        "People count who qualify on at least one of these days,"
        " also by a spell that began before them."
    )
    for title, query in (
        ("newly qualify", queries.NEWLY_QUALIFIED),
        ("no longer qualify", queries.NO_LONGER_QUALIFIED),
    ):
        people = results.execute(query).fetchall()
        console.print(f"{len(people)} people {title}" + (":" if people else ""))
        for person_id, start, end, trigger, score, grade in people[:PEOPLE_SHOWN]:
            spell = f"{start} to {end}" if end else f"since {start}"
            if start < first:
                spell += ", begun before these days"
            console.print(f"  {person_id}  {spell}; by {trigger}, score {score}, grade {grade}")
        if len(people) > PEOPLE_SHOWN:
            console.print(f"  and {len(people) - PEOPLE_SHOWN} more")
    return out.getvalue().rstrip()
