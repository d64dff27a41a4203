"""The warehouse without the rows of some people: a new file that takes the place of the old one.

DuckDB leaves deleted rows in the blocks of a file, so that nothing is deleted in it: what stays is
copied. Only raw rows and what is kept beside them are; the models are built anew.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.home.identity import SCHEMA as HOME
from pipelines.database import connect, prepare
from pipelines.feeds import FEEDS
from pipelines.files import sync
from pipelines.load.audit import recount
from pipelines.load.migration import add_declared_columns
from pipelines.personal.erased import names_erased, row_names_erased, texts_without_erased
from pipelines.settings import Settings
from pipelines.sql import identifier, literal

KEPT_SCHEMAS = ("raw", "kept", HOME)
HASHES = "erased_hashes"
LINEAGE = "_source, _file, _delivery"


@dataclass(frozen=True, slots=True)
class Removed:
    """What went: rows by feed (the quarantine is one), and the landing files that hold them."""

    rows: dict[str, int]
    files: tuple[str, ...]


def rewrite(
    settings: Settings,
    hashes: Collection[str],
    secret: str,
    remember: Callable[[Removed], None],
) -> None:
    """Put a warehouse without the rows that the hashes name in the place of the old one.

    `remember` is told what went, just before it is gone.
    """
    fresh = settings.warehouse.with_name("warehouse.duckdb.next")
    for leftover in (fresh, Path(f"{fresh}.wal")):
        leftover.unlink(missing_ok=True)
    connection = connect(settings)
    try:
        add_declared_columns(connection)
        connection.execute(f"create temp table {HASHES} as select unnest(?) as hash", [[*hashes]])
        connection.execute(f"attach {literal(fresh)} as fresh")
        removed, counts = _copy(connection, secret)
        connection.execute("detach fresh")
        # what is in its log would be written into the new file
        connection.execute("checkpoint")
    finally:
        connection.close()
    _settle(settings, fresh, counts)
    sync(fresh)
    remember(removed)
    fresh.replace(settings.warehouse)
    sync(settings.home)


def _copy(
    connection: duckdb.DuckDBPyConnection, secret: str
) -> tuple[Removed, list[tuple[object, ...]]]:
    rows: dict[str, int] = {}
    files: set[str] = set()
    counts: list[tuple[object, ...]] = []
    feeds = {feed.name: feed for feed in FEEDS}
    for schema, table, sql in connection.execute(
        "select schema_name, table_name, sql from duckdb_tables()"
        " where database_name = current_database() and list_contains(?, schema_name)",
        [[*KEPT_SCHEMAS]],
    ).fetchall():
        connection.execute(f"create schema if not exists fresh.{schema}")
        connection.execute(sql.replace("CREATE TABLE ", "CREATE TABLE fresh.", 1))
        name = f"{schema}.{identifier(table)}"
        condition, columns, lineage = "false", "*", ""
        if schema == "raw" and table in feeds:
            condition = names_erased(feeds[table], secret, HASHES)
            texts = texts_without_erased(feeds[table], secret, HASHES)
            columns = "* replace ({})".format(
                ", ".join(f"{value} as {column}" for column, value in texts.items())
            )
            lineage = f"{literal(table)} as feed, {LINEAGE}, false as is_bad"
        elif schema == "raw" and table == "quarantine":
            condition = row_names_erased('"row"', secret, HASHES)
            lineage = "feed, source, file, _delivery, true as is_bad"
        connection.execute(
            f"insert into fresh.{name} select {columns} from {name} where not {condition}"
        )
        if lineage:
            gone = connection.execute(
                f"select {lineage}, count(*) from {name} where {condition} group by all"
            ).fetchall()
            counts += gone
            rows[table] = sum(row[-1] for row in gone)
            files |= {f"{feed}/{file}" for feed, _, file, *_ in gone}
    return Removed({name: n for name, n in rows.items() if n}, tuple(sorted(files))), counts


def _settle(settings: Settings, fresh: Path, counts: list[tuple[object, ...]]) -> None:
    """Take the removed rows out of the audit, and let rows that they had replaced stand again."""
    with duckdb.connect(str(fresh)) as connection:
        prepare(connection, settings.scratch)
        connection.execute("begin")
        for feed, source, file, delivery, is_bad, rows in counts:
            bad = rows if is_bad else 0
            connection.execute(
                "update raw.load_audit set rows_read = rows_read - $rows,"
                " rows_quarantined = rows_quarantined - $bad,"
                " rows_erased = coalesce(rows_erased, 0) + $rows"
                " where feed = $feed and source = $source and file = $file"
                " and _delivery = $delivery",
                {
                    **{"rows": rows, "bad": bad, "feed": feed, "source": source},
                    **{"file": file, "delivery": delivery},
                },
            )
        recount(connection)
        connection.execute("commit")
        connection.execute("checkpoint")
