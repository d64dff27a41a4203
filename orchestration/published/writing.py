"""The published file: only marts, in a format that DuckDB clients from 1.0 on can open."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from orchestration.build.plan import Stamp
from orchestration.build.project import ParsedProject
from orchestration.build.root import is_mart
from orchestration.build.stamps import read_stamps
from orchestration.console import say
from orchestration.dashboard.own_panel import OwnPanel, own_panels
from orchestration.home.access import open_to_readers
from orchestration.home.records import (
    Build,
    Publication,
    read_records,
    remove_legacy,
    update_records,
)
from orchestration.published.record import build_to_publish, file_identity
from orchestration.published.revisions import keep_history, record_revisions
from pipelines.database import beside, connect
from pipelines.errors import UsageError
from pipelines.files import sync
from pipelines.personal.spellings import HIDDEN_ADDRESS
from pipelines.settings import Settings
from pipelines.sql import identifier, literal

STORAGE_VERSION = "v1.0.0"
# DuckDB writes a table of less than a row group on one core
TABLES_AT_ONCE = 4
# deleted rows leave room behind; beyond this the file is written anew
MOST_GROWTH = 2
# somebody may have named a file by an address
AUDIT_COLUMNS = (
    f"feed, regexp_replace(file, {literal(HIDDEN_ADDRESS)}, ':email', 'g') as file,"
    " rows_read, rows_loaded, rows_replaced, rows_quarantined, rows_erased, loaded_at, source"
)
# by schema and table: those of its columns, and its own under None
Comments = Mapping[tuple[str, str], Mapping[str | None, str]]
# what is published beside the marts: schema and columns
OTHERS = {"load_audit": ("raw", AUDIT_COLUMNS), "kpi_revisions": ("kept", "*")}


@dataclass(frozen=True, slots=True)
class Mart:
    """A model to publish; one that keeps rows has its key and the model of the affected keys."""

    name: str
    key: str | None = None
    affected_by: str | None = None


def marts_of(project: ParsedProject) -> list[Mart]:
    """The models of schema `marts`, by name."""
    nodes = project.manifest()["nodes"].values()
    found = [
        Mart(node["name"], node["config"].get("unique_key"), node["config"].get("affected_by"))
        for node in nodes
        if is_mart(node)
    ]
    return sorted(found, key=lambda mart: mart.name)


def publish(settings: Settings, project: ParsedProject) -> dict[str, int]:
    """Write the last complete, judged build beside the published file, then replace it.

    Where the published file is as it was left, it is copied, and only marts that changed are
    written, the large ones by their affected rows. Readers that hold the old file keep reading it.
    Returns rows per table; raises UsageError if there is no such build.
    """
    build = build_to_publish(settings)
    before = read_records(settings.home).publication
    changes = None
    if before and _can_be_updated(settings, before):
        changes = _Changes(build, before, read_stamps(settings))
    fresh = settings.marts.with_name("marts.duckdb.next")
    for leftover in (fresh, Path(f"{fresh}.wal")):
        leftover.unlink(missing_ok=True)
    panels = own_panels(project.manifest())
    connection = connect(settings)
    try:
        _check_panels(connection, panels)
        if changes:
            shutil.copyfile(settings.marts, fresh)
        connection.execute(
            f"attach {literal(fresh)} as published (storage_version '{STORAGE_VERSION}')"
        )
        history = record_revisions(connection, settings.home, build.inputs)
        _describe_others(connection, project)
        # one checkpoint at the end, instead of one whenever so much has been written
        connection.execute("set checkpoint_threshold = '1TB'")
        rows = _write_all(connection, marts_of(project), changes)
        connection.execute("checkpoint published")
        connection.execute("detach published")
    finally:
        connection.close()
    sync(fresh)
    # kept first: what is published and forgotten would be told once more, at another instant
    keep_history(settings.home, history)
    open_to_readers([fresh], settings.readers)
    fresh.replace(settings.marts)
    sync(settings.home)
    marts = rows.keys() - OTHERS.keys()
    _record(settings, build, before if changes else None, marts, panels)
    share = "what is new of" if changes else "all of"
    say(f"published {share} {sum(rows.values()):,} rows of {len(rows)} marts to {settings.marts}")
    return rows


@dataclass(frozen=True, slots=True)
class _Changes:
    """What differs between the build to publish and the published file."""

    build: Build
    before: Publication
    stamps: Mapping[str, Stamp]

    def is_unchanged(self, mart: Mart) -> bool:
        return self.before.marts.get(mart.name) == self.build.nodes[mart.name].state

    def has_affected_rows(self, mart: Mart) -> bool:
        """Whether the mart was built incrementally on what is published."""
        if mart.affected_by is None or mart.name not in self.before.marts:
            return False
        stamps = [self.stamps.get(name) for name in (mart.name, mart.affected_by)]
        return all(stamp and stamp.based_on == self.before.build_id for stamp in stamps)


def _can_be_updated(settings: Settings, before: Publication) -> bool:
    """Whether the file is as it was left, and not full of room that deleted rows left behind."""
    is_small = before.file[0] <= before.bytes_when_whole * MOST_GROWTH
    return is_small and file_identity(settings) == before.file


def _check_panels(connection: DuckDBPyConnection, panels: Mapping[str, OwnPanel]) -> None:
    """Raise UsageError for a panel that could not be drawn of its mart."""
    for mart, panel in panels.items():
        described = connection.execute(f"describe marts.{identifier(mart)}").fetchall()
        if unknown := panel.columns() - {name for name, *_ in described}:
            names = ", ".join(sorted(unknown))
            raise UsageError(f"{mart}: meta: panel: the mart has no column {names}")


def _record(
    settings: Settings,
    build: Build,
    updated: Publication | None,
    marts: Iterable[str],
    panels: dict[str, OwnPanel],
) -> None:
    file = file_identity(settings)
    assert file is not None
    publication = Publication(
        build_id=build.id,
        run=build.run,
        inputs=build.inputs,
        marts={name: build.nodes[name].state for name in marts},
        file=file,
        bytes_when_whole=updated.bytes_when_whole if updated else file[0],
        panels=panels,
    )
    update_records(settings.home, publication=publication)
    remove_legacy(settings.home)


def _write_all(
    connection: DuckDBPyConnection, marts: Sequence[Mart], changes: _Changes | None
) -> dict[str, int]:
    """Write all tables, the large ones first; returns rows per table."""
    comments = _comments(connection)

    def write(mart: Mart) -> int:
        with beside(connection) as cursor:
            if changes and changes.is_unchanged(mart):
                pass
            elif changes and changes.has_affected_rows(mart):
                _update(cursor, mart, f"intermediate.{mart.affected_by}")
            else:
                _copy(cursor, "marts", mart.name, "*", comments)
            return _count(cursor, mart.name)

    for gone in (changes.before.marts.keys() if changes else set()) - {mart.name for mart in marts}:
        connection.execute(f"drop table published.main.{identifier(gone)}")
    # so that none of the large ones is left alone at the end
    ordered = sorted(marts, key=lambda mart: mart.key is None)
    with ThreadPoolExecutor(TABLES_AT_ONCE) as pool:
        written = zip(ordered, pool.map(write, ordered), strict=True)
        rows = {mart.name: count for mart, count in written}
    for name, (schema, columns) in OTHERS.items():
        _copy(connection, schema, name, columns, comments)
    return rows | {name: _count(connection, name) for name in OTHERS}


def _describe_others(connection: DuckDBPyConnection, project: ParsedProject) -> None:
    """Put the texts of their YAML on the tables beside the marts, as dbt does with those."""
    for source in project.manifest()["sources"].values():
        if source["name"] not in OTHERS:
            continue
        table = f"{source['schema']}.{source['name']}"
        connection.execute(f"comment on table {table} is {literal(source['description'])}")
        for name, column in source["columns"].items():
            text = literal(column["description"])
            connection.execute(f"comment on column {table}.{name} is {text}")


def _update(connection: DuckDBPyConnection, mart: Mart, affected_keys: str) -> None:
    affected = f"{mart.key} in (select {mart.key} from {affected_keys})"
    connection.execute(f"delete from published.main.{mart.name} where {affected}")
    connection.execute(
        f"insert into published.main.{mart.name} by name from marts.{mart.name} where {affected}"
    )


def _copy(
    connection: DuckDBPyConnection, schema: str, table: str, columns: str, comments: Comments
) -> None:
    copy = f"published.main.{table}"
    connection.execute(f"create or replace table {copy} as select {columns} from {schema}.{table}")
    # `create table as` drops comments
    told = comments.get((schema, table), {})
    present = connection.execute(f"from {copy} limit 0").description or []
    statements = [
        f"comment on column {copy}.{identifier(name)} is {literal(told[name])}"
        for name, *_ in present
        if name in told
    ]
    if None in told:
        statements.append(f"comment on table {copy} is {literal(told[None])}")
    connection.execute(";".join(statements))


def _count(connection: DuckDBPyConnection, table: str) -> int:
    counted = connection.execute(f"select count(*) from published.main.{table}").fetchone()
    return counted[0] if counted else 0


def _comments(connection: DuckDBPyConnection) -> Comments:
    """All comments of the warehouse, in one question: each asks the whole catalog."""
    found = connection.execute(
        """
        select schema_name, name, column_name, comment
        from (
            select database_name, schema_name, table_name as name, null as column_name, comment
            from duckdb_tables()
            union all
            select database_name, schema_name, view_name, null, comment from duckdb_views()
            union all
            select database_name, schema_name, table_name, column_name, comment
            from duckdb_columns()
        )
        where database_name = current_database() and comment is not null
        """
    ).fetchall()
    comments: dict[tuple[str, str], dict[str | None, str]] = {}
    for schema, table, column, comment in found:
        comments.setdefault((schema, table), {})[column] = comment
    return comments
