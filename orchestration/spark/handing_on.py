"""What DuckDB hands on to Spark as Parquet: raw rows, rules and labels, with their types."""

from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from pipelines.database import connect
from pipelines.feeds import FEEDS
from pipelines.settings import LABELS, Settings
from pipelines.sql import identifier, literal

# the dbt package, of which the seeds are handed on; those of a company are read by dbt
PACKAGE = "lead_funnel"
# as many rows as Spark likes to read in one task
ROWS_PER_FILE = 4_000_000


def hand_on(settings: Settings, manifest: dict[str, Any], folder: Path) -> None:
    """Write each feed and each seed into `folder`, in place of what lies there."""
    with connect(settings) as connection:
        for feed in FEEDS:
            _write_feed(connection, feed.name, folder / "raw" / feed.name)
        for node in manifest["nodes"].values():
            if node["resource_type"] == "seed" and node["package_name"] == PACKAGE:
                _write_seed(connection, node, settings.staged_rules, folder)


def _write_feed(connection: DuckDBPyConnection, feed: str, place: Path) -> None:
    columns = connection.execute(f"describe raw.{feed}").fetchall()
    # Spark knows a plain timestamp as one of its session's zone, and this kind as an instant
    selected = ", ".join(
        f"timezone('UTC', {identifier(name)}) as {identifier(name)}"
        if kind == "TIMESTAMP"
        else identifier(name)
        for name, kind, *_ in columns
    )
    _write(connection, f"select {selected} from raw.{feed}", place)


def _write_seed(
    connection: DuckDBPyConnection, node: dict[str, Any], rules: Path, folder: Path
) -> None:
    kind, name = node["config"]["schema"], node["name"]
    file = (rules if kind == "rules" else LABELS) / f"{name}.csv"
    types = {str(key): str(value) for key, value in node["config"]["column_types"].items()}
    columns = ", ".join(f"{literal(key)}: {literal(value)}" for key, value in types.items())
    # read as dbt_project/macros/materializations/seed.sql does
    query = (
        f"from read_csv({literal(file)}, header = true, delim = ',', quote = '\"', escape = '\"',"
        f" nullstr = '', auto_detect = false, columns = {{{columns}}})"
    )
    _write(connection, query, folder / kind / name)


def _write(connection: DuckDBPyConnection, query: str, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for file in place.glob("*.parquet"):
        file.unlink()
    connection.execute(
        f"copy ({query}) to {literal(place / 'rows.parquet')}"
        " (format parquet, row_group_size 122880)"
    )
