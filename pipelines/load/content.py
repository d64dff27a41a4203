"""A file's bytes: what identifies it, whether it is whole, its first and last text."""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipelines.load.relation import UnreadableError

CHUNK = 1 << 20
BYTE_ORDER_MARK = codecs.BOM_UTF8


def is_gzip(path: Path) -> bool:
    return path.name.strip().lower().endswith(".gz")


def fingerprint(path: Path) -> str:
    """Hash of the bytes as delivered; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def refuse_truncated(path: Path) -> None:
    """Read a `.gz` to its end with its check sums, for DuckDB takes a truncated one for whole."""
    if not is_gzip(path):
        return
    with path.open("rb") as file:
        # zlib alone does this four times as fast as the gzip module
        member, is_begun = zlib.decompressobj(31), False
        while chunk := file.read(CHUNK):
            while chunk:
                is_begun = True
                try:
                    member.decompress(chunk)
                except zlib.error as error:
                    raise UnreadableError(f"its gzip data is damaged: {error}") from None
                chunk = member.unused_data
                if member.eof:
                    member, is_begun = zlib.decompressobj(31), bool(chunk)
    if is_begun or path.stat().st_size == 0:
        raise UnreadableError("its gzip data ends too early")


def head_of(path: Path) -> str:
    """The first text of a CSV or JSONL file, without a byte order mark."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(next(chunks(path)))
    except UnicodeDecodeError as error:
        raise UnreadableError(f"it is not UTF-8: {error}") from None


def has_byte_order_mark(path: Path) -> bool:
    with opened(path) as file:
        return file.read(len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK


def chunks(path: Path) -> Iterator[bytes]:
    """The decompressed bytes, without a byte order mark."""
    with opened(path) as file:
        yield file.read(CHUNK).removeprefix(BYTE_ORDER_MARK)
        while chunk := file.read(CHUNK):
            yield chunk


def compression_of(path: Path) -> str:
    """What DuckDB calls it; its own guess needs a name without spaces around."""
    return "gzip" if is_gzip(path) else "uncompressed"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The decompressed bytes; faults of the file become UnreadableError."""
    try:
        with gzip.open(path, "rb") if is_gzip(path) else path.open("rb") as file:
            yield file
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError(f"it cannot be opened: {error}") from None
