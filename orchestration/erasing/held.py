"""All that a home holds of one person, as the right of access wants it."""

import json
from pathlib import Path
from typing import Any

import duckdb

from orchestration.erasing.people import find_person
from orchestration.home import lock
from orchestration.home.records import published_run
from orchestration.published.export.writing import folder_to_write
from orchestration.published.reading import open_published, published_tables
from pipelines.database import open_database, register_functions
from pipelines.errors import UsageError
from pipelines.feeds import FEEDS
from pipelines.files import atomic_write
from pipelines.personal.erased import names_erased, row_names_erased
from pipelines.personal.secret import secret_of

FILE = "person.json"
HASHES = "hashes_of_person"
BAD_ROW = '"row"'


def export_person(home: Path, wanted: str, out: Path) -> Path:
    """Write `person.json`, for its owner alone: raw rows, bad rows, and rows of published marts.

    Raises UsageError if nobody is known by what is wanted, HomeLockedError during a run.
    """
    settings = published_run(home)
    with (
        lock.reading(home),
        open_database(settings.warehouse, read_only=True) as warehouse,
    ):
        register_functions(warehouse)
        person = find_person(warehouse, wanted)
        if person is None:
            raise UsageError(f"nobody has the person_id, lead_id or e-mail address {wanted!r}")
        secret = secret_of(home)
        hashes = person.hashes(secret)
        warehouse.execute(f"create temp table {HASHES} as select unnest(?) as hash", [hashes])
        held: dict[str, Any] = {
            "person": person.model_dump(mode="json", exclude={"spellings", "reach"}),
            "delivered": {
                feed.name: _rows(
                    warehouse,
                    f"select * exclude (_dlt_load_id) from raw.{feed.name}"
                    f" where {names_erased(feed, secret, HASHES)}",
                )
                for feed in FEEDS
            },
            "quarantined": _rows(
                warehouse,
                "select * exclude (_dlt_load_id) from raw.quarantine"
                f" where {row_names_erased(BAD_ROW, secret, HASHES)}",
            ),
        }
    with open_published(home) as marts:
        held["published"] = {
            table.name: _rows(
                marts,
                f"select * from {table.identifier} where {key} in (select unnest($ids))",
                ids=ids,
            )
            for key, ids in (
                ("person_id", [person.person_id]),
                ("anonymous_id", [*person.browsers]),
            )
            for table in published_tables(marts)
            if key in {column.name for column in table.columns}
        }
    path = folder_to_write(out) / FILE
    atomic_write(path, json.dumps(held, ensure_ascii=False, indent=1, default=str) + "\n")
    path.chmod(0o600)
    return path


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, **values: object
) -> list[dict[str, Any]]:
    found = connection.execute(query, values)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
