"""The one way to open the warehouse: same settings everywhere, so that one process can share it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.func import PythonUDFType

from pipelines.settings import Settings, memory_limit
from pipelines.sql import literal


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
    connection = duckdb.connect(str(settings.warehouse))
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
