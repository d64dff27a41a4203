"""The one way to open the warehouse: same settings everywhere, so that one process can share it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.func import PythonUDFType

from pipelines.errors import DamagedFileError, HomeLockedError, move_away_hint
from pipelines.settings import Settings, memory_limit
from pipelines.sql import literal

# how DuckDB says that a file is held, is damaged, or is none of its own
_HELD = re.compile(r"Conflicting lock is held in (.+?)\.? See also")
_DAMAGED = re.compile(
    "Corrupt database file|not a valid DuckDB database|Could not read enough bytes"
    "|Trying to read a database file with version|Failed to deserialize"
)
_DAMAGED_WAL = re.compile(r"""replaying WAL file "(?P<wal>[^"]+)\"""")


def open_database(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file of a home; a context manager.

    Raises HomeLockedError if another process has it open, DamagedFileError for a damaged file and
    IsADirectoryError for a folder in its place.
    """
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    try:
        return duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        if held := _HELD.search(str(error)):
            raise HomeLockedError(
                f"{path} is open in another process, {held[1]}; close it there, and run the command"
                " again"
            ) from None
        raise (damage_of(path, str(error)) or error) from None


def damage_of(path: Path, message: str) -> DamagedFileError | None:
    """The error of a damaged file of a home, if that is what DuckDB says."""
    if wal := _DAMAGED_WAL.search(message):
        path = Path(wal["wal"])
    elif not _DAMAGED.search(message):
        return None
    said = message.splitlines()[0].removeprefix("IO Error: ")
    return DamagedFileError(
        f"{path} is damaged: {said}; {move_away_hint(path)} and run the refresh again, which loads"
        " and builds what is missing"
    )


def engine_settings(scratch: Path) -> dict[str, str]:
    """DuckDB settings of every connection; dbt's profile repeats them."""
    return {
        "TimeZone": "UTC",
        "memory_limit": memory_limit(),
        "temp_directory": str(scratch / "spill"),
        "preserve_insertion_order": "true",
    }


def connect(settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open the warehouse read-write, with the functions that the models need."""
    settings.scratch.mkdir(parents=True, exist_ok=True)
    connection = open_database(settings.warehouse)
    prepare(connection, settings.scratch)
    return connection


@contextmanager
def beside(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A second connection for another thread; the zone is of a connection, the rest of them all."""
    with connection.cursor() as cursor:
        cursor.execute("set TimeZone = 'UTC'")
        yield cursor


def prepare(connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """Apply the engine settings and register the functions that DuckDB lacks."""
    for name, value in engine_settings(scratch).items():
        connection.execute(f"set {name} = {literal(value)}")
    register_functions(connection)


def register_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """Add `nfkc(text)`: Unicode NFKC, vectorised; DuckDB itself only knows NFC."""
    connection.create_function("nfkc", _nfkc, ["VARCHAR"], "VARCHAR", type=PythonUDFType.ARROW)


def _nfkc(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return pc.utf8_normalize(texts, form="NFKC")
