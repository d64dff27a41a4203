"""Where Dagster keeps its runs: SQLite, as by default, but with an event log that stays open.

Dagster's own opens a database anew for each event and waits for the disk, and a run has hundreds of
events: three seconds.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import (
    DagsterSqliteStorage,
    _event_logs_directory,
)
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

TRIED_WITH = "1.13.27"


class OpenEventLog(SqliteEventLogStorage):
    """Keeps the connection to the index, and that to the run whose events come in."""

    def __init__(self, base_dir: str) -> None:
        self._engines: dict[str, Engine] = {}
        # what was found in a schema that does not lose it: asked for each event
        self._known_tables: set[str] = set()
        self._known_columns: set[str] = set()
        self._known_indexes: set[str] = set()
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # one thread at a time, as in the overridden method
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> Engine:
        if shard in self._initialized_dbs and shard in self._engines:
            return self._engines[shard]
        self._close({*self._engines} - {INDEX_SHARD_NAME} | {shard})
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _trust_the_system)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        self._engines[shard] = engine
        return engine

    def _close(self, shards: set[str]) -> None:
        for shard in shards & self._engines.keys():
            self._engines.pop(shard).dispose()

    def has_table(self, table_name: str) -> bool:
        if table_name not in self._known_tables and super().has_table(table_name):
            self._known_tables.add(table_name)
        return table_name in self._known_tables

    def has_secondary_index(self, name: str) -> bool:
        if name not in self._known_indexes and super().has_secondary_index(name):
            self._known_indexes.add(name)
        return name in self._known_indexes

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        is_new = column_name not in self._known_columns
        if is_new and super()._has_asset_key_col_on_connection(conn, column_name):
            self._known_columns.add(column_name)
        return column_name in self._known_columns

    def delete_events(self, run_id: str) -> None:
        super().delete_events(run_id)
        # Dagster keeps these of every run for ever
        executions = AssetCheckExecutionsTable
        with self.index_connection() as index:
            index.execute(executions.delete().where(executions.c.run_id == run_id))
        with self._db_lock:
            self._close({run_id})
            self._initialized_dbs.discard(run_id)
        # the emptied file of the run, and what a kill left beside it
        for path in Path(self.path_for_shard(run_id)).parent.glob(f"{run_id}.db*"):
            path.unlink()

    def wipe(self) -> None:
        with self._db_lock:
            self._close({*self._engines})
            for known in (self._known_tables, self._known_columns, self._known_indexes):
                known.clear()
        super().wipe()

    def dispose(self) -> None:
        super().dispose()
        with self._db_lock:
            self._close({*self._engines})


def _trust_the_system(connection: sqlite3.Connection, _: object) -> None:
    """Wait for the disk at checkpoints alone: a power cut costs the last events, nothing else."""
    connection.execute("pragma synchronous = normal")


class FunnelStorage(DagsterSqliteStorage):
    """Dagster's files and folders, written by an `OpenEventLog`."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        # it overrides private names, which another version may use otherwise
        if version("dagster") == TRIED_WITH:
            self._event_log_storage = OpenEventLog(_event_logs_directory(base_dir))

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        return cls.from_local(inst_data=inst_data, **config_value)
