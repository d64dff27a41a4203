"""Homes with published marts written by hand, their tables as the models' descriptions say."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from expectations.report import GateReport, Result
from orchestration.build.inputs import Inputs
from orchestration.home.records import Publication, Run, update_records
from orchestration.published.record import file_identity
from pipelines.settings import DBT_PROJECT, Settings, Source

AS_OF = date(2026, 6, 30)
AUDIT = {
    "feed": "varchar",
    "file": "varchar",
    "rows_read": "bigint",
    "rows_loaded": "bigint",
    "rows_replaced": "bigint",
    "rows_quarantined": "bigint",
    "loaded_at": "timestamp",
    "source": "varchar",
}
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def mart_columns() -> dict[str, dict[str, str]]:
    """Name and type of each column of each mart."""
    found = {"load_audit": AUDIT}
    for path in sorted((DBT_PROJECT / "models" / "marts").glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            columns = {column["name"]: column["data_type"] for column in model["columns"]}
            found[model["name"]] = columns
    return found


def published(home: Path, rows: Rows, state: str = "1") -> Settings:
    """A home as a run leaves it that published these rows; what a row does not say is null."""
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(home=home, sources=(Source(landing=home / "landing"),), as_of=AS_OF)
    settings.marts.unlink(missing_ok=True)
    with duckdb.connect(str(settings.marts)) as marts:
        for table, columns in mart_columns().items():
            described = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            marts.execute(f"create table {table} ({described})")
            if rows.get(table):
                filled = [{name: row.get(name) for name in columns} for row in rows[table]]
                marts.register("filled", pa.Table.from_pylist(filled))
                marts.execute(f"insert into {table} by name from filled")
    publish_as_is(settings, state)
    return settings


def publish_as_is(settings: Settings, state: str = "1") -> None:
    """Record the published file of a home as one of raw rows called `state`."""
    publication = Publication(
        build_id=state,
        run=Run.of(settings),
        inputs=inputs(settings, state),
        marts={},
        file=file_identity(settings) or (0, 0),
        bytes_when_whole=0,
    )
    update_records(settings.home, publication=publication)


def inputs(settings: Settings, state: str = "1") -> Inputs:
    """Inputs of one raw row of leads, in a load called `state`."""
    return Inputs(
        as_of=settings.as_of,
        loads={"leads": {state: 1}},
        rules={},
        variables=settings.variables,
        models="",
        engine="",
        code="",
        limits="",
    )


def judged(
    settings: Settings, run_id: str, gate: str, *, warns: bool, blocks: bool = False
) -> None:
    """A kept report with one good result and one that warns or blocks."""
    verdicts = [
        ("fine", True, "blocks"),
        ("odd", not warns, "warns"),
        ("bad", not blocks, "blocks"),
    ]
    results = [
        Result("leads", name, "leads", None, severity, success, f"{name} is expected", "1 row")
        for name, success, severity in verdicts
    ]
    GateReport(gate, run_id, results).save(settings.gate_results)


def query(settings: Settings, sql: str) -> list[tuple]:
    with duckdb.connect(str(settings.marts), read_only=True) as marts:
        return marts.execute(sql).fetchall()


def content_of(settings: Settings) -> dict[str, Any]:
    """What the page holds, read as a browser would."""
    text = settings.dashboard.read_text(encoding="utf-8")
    opening = '<script type="application/json" id="content">'
    return json.loads(text.partition(opening)[2].partition("</script>")[0])
