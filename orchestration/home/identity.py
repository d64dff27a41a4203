"""Which home a file belongs to: an id in the records, the warehouse and the kept revisions.

A file that was copied from another home would mix two companies in one set of marts.
"""

from pathlib import Path
from uuid import uuid4

import duckdb

from orchestration.console import say
from orchestration.home.records import read_records, update_records
from pipelines.database import open_database
from pipelines.errors import UsageError, move_away_hint
from pipelines.settings import Settings

SCHEMA = "home"
TABLE = f"{SCHEMA}.identity"


def check_warehouse(settings: Settings) -> None:
    """Open the warehouse of a home, and give both an id if they have none.

    Raises UsageError for one that belongs to another home or to something else, and what
    `open_database` raises. What a deleted warehouse left in its log is put aside.
    """
    path = settings.warehouse
    log = path.with_name(f"{path.name}.wal")
    if log.exists() and not path.exists():
        aside = log.with_name(f"{log.name}.old")
        log.replace(aside)
        say(f"warning: {path} is gone; what was not in it yet is put aside as {aside.name}")
    recorded = read_records(settings.home).home_id
    with open_database(path) as warehouse:
        found = _id_in(warehouse)
        if found is None and (recorded or not _is_ours(warehouse)) and _tables(warehouse):
            raise _foreign(path)
        if found and recorded and found != recorded:
            raise _foreign(path, settings.home / "record.json")
        chosen = found or recorded or uuid4().hex
        if found is None:
            warehouse.execute(f"create schema if not exists {SCHEMA}")
            warehouse.execute(f"create table {TABLE} as select '{chosen}' as id")
    if recorded is None:
        update_records(settings.home, home_id=chosen)


def _id_in(warehouse: duckdb.DuckDBPyConnection) -> str | None:
    if "identity" not in _tables(warehouse, SCHEMA):
        return None
    (found,) = warehouse.execute(f"select id from {TABLE}").fetchall()[0]
    return str(found)


def _is_ours(warehouse: duckdb.DuckDBPyConnection) -> bool:
    """Whether a version before 0.5 loaded into it."""
    return {"_dlt_loads", "load_audit"} <= _tables(warehouse, "raw")


def _tables(warehouse: duckdb.DuckDBPyConnection, schema: str | None = None) -> set[str]:
    found = warehouse.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    return {table for place, table in found if schema in {None, place}}


def _foreign(path: Path, record: Path | None = None) -> UsageError:
    otherwise = f"; if {record.name} is the stranger, {move_away_hint(record)}" if record else ""
    return UsageError(
        f"{path} does not belong to this home{f' by {record}' if record else ''};"
        f" {move_away_hint(path)} and run the refresh again, which loads all files{otherwise}"
    )
