"""What a person leaves in a home beside its rows: looked for in every file, and taken out."""

import gzip
import json
import re
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import duckdb

from orchestration.home.records import read_records, update_records
from pipelines.files import part_of, sync
from pipelines.sql import identifier, literal

# made again by whoever needs them; what else is made again is deleted where it holds a trace
REMOVED = ("scratch", "target")
MADE_AGAIN = ("gates", "logs", "docs", "metrics", "dbt", "rules")
# not of this home's making: the loader only reads them
NOT_OURS = ("demo",)
OWN = ("erasure.json",)


def remove_traces(home: Path, tokens: Collection[str], ids: Collection[str]) -> None:
    """Take out of files what is not in the warehouse; the published marts are written anew.

    `ids` are those that keys of exported rows may be.
    """
    for name in REMOVED:
        shutil.rmtree(home / name, ignore_errors=True)
    pattern = pattern_of(tokens)
    for name in MADE_AGAIN:
        for path in _files(home / name):
            if is_in_bytes(path, pattern):
                path.unlink()
    _clean_snapshots(home / "exports", ids)
    _clean_dagster(home / "dagster", pattern)
    runs = [
        run.model_copy(update={"message": ""}) if pattern.search(run.message.encode()) else run
        for run in read_records(home).runs
    ]
    publication = update_records(home, runs=tuple(runs)).publication
    if publication:
        # a file that is not as it was left is written as a whole
        update_records(home, publication=publication.model_copy(update={"file": (0, 0)}))


def find_traces(home: Path, tokens: Collection[str], ids: Collection[str]) -> list[str]:
    """Every place in the home that holds one of the texts, or one of the ids as a whole value."""
    pattern = pattern_of(tokens)
    found = []
    for path in _files(home):
        name = path.relative_to(home)
        if name.parts[0] in (*NOT_OURS, *OWN):
            continue
        if is_in_bytes(path, pattern):
            found.append(str(name))
        elif path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                found += [f"{name}: {one}" for one in _tables_with(connection, tokens, ids)]
        elif path.suffix == ".parquet":
            with duckdb.connect() as connection:
                connection.execute(f"create view rows as from read_parquet({literal(path)})")
                found += [str(name) for _ in _tables_with(connection, tokens, ids)]
    return found


def pattern_of(tokens: Collection[str]) -> re.Pattern[bytes]:
    """Whatever of the texts stands in bytes, as it is or as JSON writes it, in any case.

    Letters and digits that go on make another id or number of it.
    """
    spelt = {form for token in tokens for form in (token, json.dumps(token)[1:-1].lower())}
    if not spelt:
        return re.compile(b"(?!)")
    texts = b"|".join(re.escape(form.encode()) for form in sorted(spelt))
    return re.compile(b"(?<![0-9a-z])(?:" + texts + b")(?![0-9a-z])", re.IGNORECASE)


def is_in_bytes(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Whether a file, unpacked if it is packed, holds a match."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return pattern.search(content) is not None


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _tables_with(
    connection: duckdb.DuckDBPyConnection, tokens: Collection[str], ids: Collection[str]
) -> Iterator[str]:
    """Tables of which a text column holds one of the texts, or is one of the ids."""
    columns: dict[str, list[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns()"
        " where not internal and data_type = 'VARCHAR'"
    ).fetchall():
        columns.setdefault(f"{identifier(schema)}.{identifier(table)}", []).append(column)
    connection.execute("create temp table ids as select unnest(?::varchar[]) as id", [[*ids]])
    # of signs beyond ASCII DuckDB takes no escape
    texts = [re.sub(r"([!-/:-@\[-^`{-~])", r"\\\1", token) for token in tokens]
    pattern = f"(^|[^0-9a-z])({'|'.join(texts)})($|[^0-9a-z])" if texts else "$^a"
    for table, names in columns.items():
        if table.endswith('"ids"'):
            continue
        listed = ", ".join(map(identifier, names))
        is_id = " or ".join(f"{identifier(name)} in (from ids)" for name in names)
        row = connection.execute(
            f"select count(*) from {table}"
            f" where regexp_matches(lower(concat_ws(chr(10), {listed})), ?) or {is_id}",
            [pattern],
        ).fetchone()
        if row != (0,):
            yield table.replace('"', "")


def _clean_snapshots(folder: Path, ids: Collection[str]) -> None:
    """Forget the person's keys in the snapshots of exports: no later export has them."""
    for path in folder.glob("*/*.parquet"):
        with duckdb.connect() as connection:
            connection.execute(
                "create temp table ids as select unnest(?::varchar[]) as id", [[*ids]]
            )
            rows = f"from read_parquet({literal(path)})"
            if connection.execute(f"select 1 {rows} where key in (from ids) limit 1").fetchone():
                target = literal(part_of(path))
                kept = f"select * {rows} where key is null or key not in (from ids)"
                connection.execute(f"copy ({kept}) to {target} (format parquet)")
                sync(part_of(path))
                part_of(path).replace(path)
                sync(path.parent)


def _clean_dagster(folder: Path, pattern: re.Pattern[bytes]) -> None:
    """Delete the runs whose events hold a trace; all of the history if one is left elsewhere."""
    databases = [path for path in _files(folder) if path.suffix == ".db"]
    for path in databases:
        _empty_log(path)
        if path.parent.name == "runs" and is_in_bytes(path, pattern):
            path.unlink()
    left = [path for path in _files(folder) if is_in_bytes(path, pattern)]
    if left:
        _forget(left)


def _forget(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink()


def _empty_log(path: Path) -> None:
    """Bring a database of SQLite into one file without rows that were deleted."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.execute("vacuum")
    except sqlite3.DatabaseError:
        # the next run says what is wrong with it
        return
    finally:
        connection.close()
