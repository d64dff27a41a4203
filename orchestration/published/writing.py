"""The published file: only marts, in a format that DuckDB clients from 1.0 on can open."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from orchestration.build.project import ParsedProject
from orchestration.console import say
from orchestration.home import published_build
from pipelines.database import beside, connect
from pipelines.settings import Settings
from pipelines.sql import literal

STORAGE_VERSION = "v1.0.0"
# DuckDB writes a table of less than a row group on one core
TABLES_AT_ONCE = 4
AUDIT_COLUMNS = "feed, file, rows_read, rows_loaded, rows_replaced, rows_quarantined, loaded_at"


@dataclass(frozen=True, slots=True)
class Mart:
    """A model to publish; one that keeps rows has its key and the table of the affected keys."""

    name: str
    key: str | None = None
    affected_keys: str | None = None


def marts_of(project: ParsedProject) -> list[Mart]:
    """The models of schema `marts`, by name."""
    nodes = project.description()["nodes"].values()
    models = {node["name"]: node for node in nodes if node["resource_type"] == "model"}
    found = []
    for name, node in sorted(models.items()):
        config = node["config"]
        if config.get("schema") == "marts":
            affected_by = models.get(config.get("affected_by"))
            table = f"{affected_by['schema']}.{affected_by['name']}" if affected_by else None
            found.append(Mart(name, config.get("unique_key") if table else None, table))
    return found


def publish(settings: Settings, project: ParsedProject) -> dict[str, int]:
    """Write the marts and the load audit beside the published file, then replace it.

    Where the last build took on the published one, the file is copied as it is and only affected
    rows and small marts are written. Readers that hold the old file keep reading it. Returns rows
    per table.
    """
    fresh = settings.marts.with_name("marts.duckdb.next")
    for leftover in (fresh, Path(f"{fresh}.wal")):
        leftover.unlink(missing_ok=True)
    connection = connect(settings)
    try:
        takes_on = published_build.is_taken_on(settings, connection)
        if takes_on:
            shutil.copyfile(settings.marts, fresh)
        connection.execute(
            f"attach {literal(fresh)} as published (storage_version '{STORAGE_VERSION}')"
        )
        _describe_audit(connection, project)
        # one checkpoint at the end, instead of one whenever so much has been written
        connection.execute("set checkpoint_threshold = '1TB'")

        def write(mart: Mart) -> int:
            with beside(connection) as cursor:
                return _write(cursor, mart, takes_on)

        with ThreadPoolExecutor(TABLES_AT_ONCE) as pool:
            # the large ones first, so that none of them is left alone at the end
            ordered = sorted(marts_of(project), key=lambda mart: mart.key is None)
            written = zip(ordered, pool.map(write, ordered), strict=True)
            rows = {mart.name: count for mart, count in written}
        _copy(connection, "raw", "load_audit", AUDIT_COLUMNS)
        rows["load_audit"] = _count(connection, "load_audit")
        connection.execute("checkpoint published")
        connection.execute("detach published")
        _replace(fresh, settings.marts)
        published_build.remember(settings, connection, is_whole=not takes_on)
    finally:
        connection.close()
    share = "what is new of" if takes_on else "all of"
    say(f"published {share} {sum(rows.values()):,} rows of {len(rows)} marts to {settings.marts}")
    return rows


def _describe_audit(connection: DuckDBPyConnection, project: ParsedProject) -> None:
    """Put the texts of its YAML on the table, as dbt does with the marts."""
    sources = project.description()["sources"].values()
    (audit,) = [source for source in sources if source["name"] == "load_audit"]
    table = f"{audit['schema']}.{audit['name']}"
    connection.execute(f"comment on table {table} is {literal(audit['description'])}")
    for name, column in audit["columns"].items():
        text = literal(column["description"])
        connection.execute(f"comment on column {table}.{name} is {text}")


def _write(connection: DuckDBPyConnection, mart: Mart, takes_on: bool) -> int:
    if takes_on and mart.key:
        _update(connection, mart)
    else:
        _copy(connection, "marts", mart.name, "*")
    return _count(connection, mart.name)


def _update(connection: DuckDBPyConnection, mart: Mart) -> None:
    affected = f"{mart.key} in (select {mart.key} from {mart.affected_keys})"
    connection.execute(f"delete from published.main.{mart.name} where {affected}")
    connection.execute(
        f"insert into published.main.{mart.name} by name from marts.{mart.name} where {affected}"
    )


def _copy(connection: DuckDBPyConnection, schema: str, table: str, columns: str) -> None:
    connection.execute(
        f"create or replace table published.main.{table} as select {columns} from {schema}.{table}"
    )
    for statement in _comments(connection, schema, table):
        connection.execute(statement)


def _count(connection: DuckDBPyConnection, table: str) -> int:
    counted = connection.execute(f"select count(*) from published.main.{table}").fetchone()
    return counted[0] if counted else 0


def _comments(connection: DuckDBPyConnection, schema: str, table: str) -> list[str]:
    # `create table as` drops comments, so they are said again
    statements = [
        f"comment on table published.main.{table} is {literal(comment)}"
        for (comment,) in connection.execute(
            "select comment from duckdb_tables() where database_name = current_database()"
            " and schema_name = ? and table_name = ? and comment is not null",
            [schema, table],
        ).fetchall()
    ]
    present = {
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns()"
            " where database_name = 'published' and table_name = ?",
            [table],
        ).fetchall()
    }
    statements += [
        f"comment on column published.main.{table}.{column} is {literal(comment)}"
        for column, comment in connection.execute(
            "select column_name, comment from duckdb_columns()"
            " where database_name = current_database() and schema_name = ? and table_name = ?"
            " and comment is not null",
            [schema, table],
        ).fetchall()
        if column in present
    ]
    return statements


def _replace(fresh: Path, published: Path) -> None:
    with fresh.open("rb") as handle:
        os.fsync(handle.fileno())
    fresh.replace(published)
