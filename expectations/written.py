"""What runs write beside the marts, as texts: gate reports, logs and the events of Dagster.

Only what the last two runs wrote is read, this one among them: what is older was judged before.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from pipelines.personal.columns import holds
from pipelines.settings import Settings

# in memory, for the warehouse keeps none of it, and beside it, for suites have their own cursors
DATABASE, NAME = "written_beside", "written_texts"
TABLE = f"{DATABASE}.{NAME}"
RUNS = 2
# ids are published as they are, whatever a source takes for one
ID = re.compile(r"\b\w*_ids?=\S+")
PLACES = {"gates": "gates/*/*.json", "logs": "logs/*", "dagster": "dagster/history/runs/*-*.db"}


def collect(connection: DuckDBPyConnection, settings: Settings) -> None:
    """Fill a table in memory with the distinct texts: place, name of the value, text."""
    found = {
        (place, name, line)
        for place, pattern in PLACES.items()
        for path in _newest(settings.home, pattern)
        for name, text in _texts(path)
        if holds(name) != "id"
        for line in ID.sub("", text).splitlines()
    }
    columns = [list(column) for column in zip(*sorted(found), strict=True)] or [[], [], []]
    connection.execute(f"attach if not exists ':memory:' as {DATABASE}")
    connection.execute(
        f"create or replace table {TABLE} as"
        " select unnest($1::varchar[]) as place, unnest($2::varchar[]) as name,"
        " unnest($3::varchar[]) as text",
        columns,
    )


def _newest(home: Path, pattern: str) -> list[Path]:
    """The files of the last runs; of a run each gate has one, and a log is of any run."""
    paths = [path for path in home.glob(pattern) if path.is_file()]
    per_run = 2 if pattern == PLACES["gates"] else 1
    return sorted(paths, key=lambda path: path.stat().st_mtime_ns)[-RUNS * per_run :]


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Names and texts of a file; one that is damaged is told of by whoever needs it."""
    if path.suffix == ".db":
        with closing(sqlite3.connect(path)) as events:
            try:
                rows = events.execute("select event from event_logs").fetchall()
            except sqlite3.DatabaseError:
                return
        for (event,) in rows:
            yield from _leaves(json.loads(event), "event")
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        yield from _leaves(json.loads(text) if path.suffix == ".json" else text, path.name)
    except ValueError:
        yield path.name, text


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, name)
