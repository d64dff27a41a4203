"""`funnel export NAME`: new, changed and removed rows since the last export, for a CRM."""

from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.console import command_hint, say
from orchestration.home import lock
from orchestration.published.export.lists import ExportList
from orchestration.published.export.snapshots import Snapshots
from orchestration.published.export.writing import (
    FORMATS,
    INSTANTS_WITH_ZONE,
    cell,
    folder_to_write,
    no_parts_left,
    put_in_place,
    write_query,
)
from orchestration.published.reading import (
    PublishedTable,
    open_published,
    published_tables,
)
from pipelines.errors import FunnelError, UsageError
from pipelines.sql import identifier, literal

CHANGED_ROWS = """
create temp table changed_rows as
select
    coalesce(current_rows.key, held.key) as key,
    case when current_rows.key is null then 'remove' else 'upsert' end as action
from current_rows
full join held on current_rows.key = held.key
where
    $everything
    or current_rows.key is null
    or held.key is null
    or not held.is_certain
    or held.digest <> current_rows.digest
"""


def export_changes(
    home: Path,
    name: str,
    changes: ExportList,
    file_format: str,
    out: Path,
    everything: bool,
    *,
    guarded: bool,
) -> Path | None:
    """Write `<name>-<number>.<format>` with one row per new, changed or removed key.

    `everything` adds the unchanged rows; `guarded` is of texts, as `cell` has it, and no change.
    Returns None if nothing has changed. What was exported is recorded under the home; see
    `snapshots` for what a crash does.
    """
    exports = home / "exports"
    with open_published(home) as connection:
        table = _table(connection, changes, home)
        folder = folder_to_write(out)
        lock.hold(exports)
        try:
            return _export(
                connection,
                table,
                changes,
                Snapshots(exports / name),
                folder,
                file_format,
                everything,
                guarded=guarded,
            )
        finally:
            lock.release(exports)


def _export(
    connection: duckdb.DuckDBPyConnection,
    table: PublishedTable,
    changes: ExportList,
    snapshots: Snapshots,
    folder: Path,
    file_format: str,
    everything: bool,
    *,
    guarded: bool,
) -> Path | None:
    snapshots.begin(connection)
    number = snapshots.last_number() + 1
    name = snapshots.folder.name
    target = folder / f"{name}-{number:06}.{file_format}"
    if target.exists():
        raise UsageError(f"{target} belongs to another home; choose another folder")
    try:
        connection.execute(f"create temp table current_rows as {_digests(table, changes)}")
    except duckdb.BinderException as error:
        raise UsageError(f"{name}: where = {changes.where!r}: {error}") from None
    _check_keys(connection, changes)
    _read_snapshots(connection, snapshots)
    connection.execute(CHANGED_ROWS, {"everything": everything})
    counts = dict(
        connection.execute("select action, count(*) from changed_rows group by action").fetchall()
    )
    if not counts:
        say(f"{name}: nothing has changed since export {number - 1}")
        return None
    with no_parts_left([target]):
        snapshots.write(connection, number, "select key, digest from current_rows order by key")
        options = FORMATS[file_format]
        if file_format == "csv":
            options = f"{options}, {INSTANTS_WITH_ZONE}"
        write_query(connection, _rows(table, changes, guarded=guarded), target, options)
        put_in_place([target])
        snapshots.delete_before(number)
    since = "all rows" if everything or number == 1 else f"changes since export {number - 1}"
    say(
        f"{name}, {since} as {file_format}: {counts.get('upsert', 0)} to upsert,"
        f" {counts.get('remove', 0)} to remove"
    )
    return target


def _table(
    connection: duckdb.DuckDBPyConnection, changes: ExportList, home: Path
) -> PublishedTable:
    found = [table for table in published_tables(connection) if table.name == changes.mart]
    if not found:
        hint = command_hint(home, "refresh")
        raise UsageError(f"{changes.mart} is not in the published file; run `{hint}` first")
    columns = {column.name: column for column in found[0].columns}
    named = {*changes.key, *changes.columns, *changes.headers, *changes.unwatched}
    if unknown := named - columns.keys():
        raise FunnelError(f"{changes.mart} has no column {', '.join(sorted(unknown))}")
    if not changes.columns:
        return found[0]
    listed = dict.fromkeys([*changes.key, *changes.columns])
    return replace(found[0], columns=tuple(columns[name] for name in listed))


def _digests(table: PublishedTable, changes: ExportList) -> str:
    # the names are part of it: a new or renamed column changes every row
    fields = ", ".join(
        f"{literal(changes.header(column.name))}: {identifier(column.name)}::varchar"
        for column in table.columns
        if column.name not in changes.unwatched
    )
    return (
        f"select {changes.key_of_row} as key, md5(to_json({{{fields}}})::varchar) as digest"
        f" from {changes.rows}"
    )


def _check_keys(connection: duckdb.DuckDBPyConnection, changes: ExportList) -> None:
    bad = connection.execute(
        "select count(*) from (select key from current_rows group by key"
        " having count(*) > 1 or key is null)"
    ).fetchone()
    if bad != (0,):
        raise FunnelError(f"{changes.mart}: {', '.join(changes.key)} is blank or duplicated")


def _read_snapshots(connection: duckdb.DuckDBPyConnection, snapshots: Snapshots) -> None:
    try:
        connection.execute(f"create temp table held as {snapshots.query()}")
    except duckdb.Error as error:
        raise FunnelError(
            f"the snapshots of earlier exports cannot be read ({error}); remove"
            f" {snapshots.folder} to export every row again, but no row to remove"
        ) from error


def _rows(table: PublishedTable, changes: ExportList, *, guarded: bool) -> str:
    cells = {}
    for column in table.columns:
        # a removed row has nothing but its key
        if column.name in changes.key:
            value = changes.key_column(column.name, "changed.key")
        else:
            value = f"rows_now.{identifier(column.name)}"
        cells[changes.header(column.name)] = cell(column, guarded=guarded, of=value)
    headers = [changes.header(name) for name in changes.key]
    listed = {header: cells.pop(header) for header in headers} | cells
    selected = "".join(f", {value} as {identifier(name)}" for name, value in listed.items())
    return (
        f"select changed.action{selected}"
        " from changed_rows as changed"
        f" left join (select *, {changes.key_of_row} as key_of_row from {changes.rows}) as rows_now"
        " on changed.key = rows_now.key_of_row"
        " order by changed.action, changed.key"
    )
