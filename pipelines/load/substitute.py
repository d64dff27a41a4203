"""`.gz` files with zeros behind their data, which gzip accepts, offered to DuckDB without them."""

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
from fsspec import AbstractFileSystem

from pipelines.load.content import is_gzip, padding_of
from pipelines.load.relation import file_literal, of_files
from pipelines.sql import literal

PROTOCOL = "substitute"


def text_source(connection: duckdb.DuckDBPyConnection, *paths: Path) -> str:
    """The arguments by which DuckDB reads CSV or JSONL files, all of them packed or none.

    Its own guesses need plain names.
    """
    compression, places = "uncompressed", [file_literal(path) for path in paths]
    if is_gzip(paths[0]):
        compression = "gzip"
        places = [
            _substitute(connection, path) if padding_of(path) else place
            for path, place in zip(paths, places, strict=True)
        ]
    return f"{of_files(places)}, compression = '{compression}'"


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
        return _Unpadded(_place(path))


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
