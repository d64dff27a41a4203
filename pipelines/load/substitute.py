"""Files that DuckDB cannot read as they lie, offered to it in a form that it can.

These are `.gz` files with zeros behind their data, which gzip accepts, and Parquet files with
decimals of more than 38 digits, which DuckDB takes for floats and misreads (1.5.5).
"""

import io
import os
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec import AbstractFileSystem

from pipelines.load.content import is_gzip, padding_of
from pipelines.load.relation import file_literal
from pipelines.sql import literal

PROTOCOL = "substitute"
GREATEST_PRECISION = 38


def text_source(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The arguments by which DuckDB reads a CSV or JSONL file; its own guesses need plain names."""
    if not is_gzip(path):
        return f"{file_literal(path)}, compression = 'uncompressed'"
    place = _substitute(connection, path) if padding_of(path) else file_literal(path)
    return f"{place}, compression = 'gzip'"


def parquet_source(connection: duckdb.DuckDBPyConnection, path: Path, schema: pa.Schema) -> str:
    """The place at which DuckDB reads a Parquet file."""
    if any(field.type != _readable(field.type) for field in schema):
        return _substitute(connection, path)
    return file_literal(path)


def _substitute(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    if PROTOCOL not in connection.list_filesystems():
        connection.register_filesystem(_Substitutes())
    # DuckDB would find patterns in some names
    return literal(f"{PROTOCOL}://{os.fsencode(path).hex()}")


class _Substitutes(AbstractFileSystem):  # type: ignore[misc]
    """The files as DuckDB can read them, under their paths in hexadecimal."""

    protocol = PROTOCOL

    def glob(self, path: str, **_: Any) -> list[str]:
        return [path]

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        with self.open(path) as file:
            return {"name": path, "type": "file", "size": file.seek(0, io.SEEK_END)}

    def modified(self, path: str) -> datetime:
        return datetime.fromtimestamp(_place(path).stat().st_mtime, UTC)

    def open(self, path: str, *_: Any, **__: Any) -> BinaryIO:
        place = _place(path)
        if is_gzip(place):
            return _Unpadded(place)
        return io.BytesIO(_readable_parquet(place, place.stat().st_mtime_ns))


def _place(path: str) -> Path:
    return Path(os.fsdecode(bytes.fromhex(path.removeprefix(f"{PROTOCOL}://"))))


class _Unpadded(io.FileIO):
    """A `.gz` that ends where its data does."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._end = path.stat().st_size - padding_of(path)

    def read(self, size: int | None = -1, /) -> bytes:
        left = max(self._end - self.tell(), 0)
        return super().read(left if size is None or size < 0 else min(size, left)) or b""

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_END:
            return super().seek(self._end + offset)
        return super().seek(offset, whence)


@lru_cache(maxsize=2)
def _readable_parquet(path: Path, _changed_at: int) -> bytes:
    """The same rows in memory, with every decimal that is too long for DuckDB as a text."""
    written, file = io.BytesIO(), pq.ParquetFile(path)
    fields = [field.with_type(_readable(field.type)) for field in file.schema_arrow]
    with pq.ParquetWriter(written, pa.schema(fields)) as writer:
        for batch in file.iter_batches():
            columns = [
                column if column.type == field.type else _converted(column, field.type)
                for column, field in zip(batch.columns, fields, strict=True)
            ]
            writer.write_batch(pa.record_batch(columns, schema=pa.schema(fields)))
    return written.getvalue()


def _converted(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if not pa.types.is_string(kind):
        return column.cast(kind)
    # the cast would give `0E-38` for a nothing
    values = column.to_pylist()
    return pa.array([None if value is None else _digits(value) for value in values], kind)


def _digits(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _readable(kind: pa.DataType) -> pa.DataType:
    """The type itself, or the one that its values take where DuckDB misreads it."""
    if pa.types.is_decimal256(kind) and kind.precision > GREATEST_PRECISION:
        return pa.string()
    if pa.types.is_dictionary(kind):
        values = _readable(kind.value_type)
        return kind if values == kind.value_type else values
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_readable(field.type)) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_readable(kind.value_type)))
    return kind
