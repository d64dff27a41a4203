"""A file's bytes: what identifies it, whether it is whole, its text piece by piece."""

import codecs
import hashlib
import os
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from pipelines.limits import limits
from pipelines.load.relation import UnreadableError

CHUNK = 1 << 20
PIECE = 16 * CHUNK
SEGMENT = 64 * CHUNK
HASHING_THREADS = 4
UNPACKED = "limits.unpacked_ratio and limits.unpacked_megabytes in funnel.toml"
BYTE_ORDER_MARK = codecs.BOM_UTF8
GZIP_MARK = b"\x1f\x8b"


def is_gzip(path: Path) -> bool:
    return path.name.strip().lower().endswith(".gz")


def fingerprint(path: Path) -> str:
    """Hash of the bytes as delivered, the pieces of a large file side by side; raises OSError."""
    starts = range(0, max(path.stat().st_size, 1), SEGMENT)
    hashed = partial(_segment_hash, path)
    if len(starts) == 1:
        segments = [hashed(0)]
    else:
        with ThreadPoolExecutor(HASHING_THREADS) as pool:
            segments = list(pool.map(hashed, starts))
    return hashlib.sha256(b"".join(segments)).hexdigest()[:32]


def _segment_hash(path: Path, start: int) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(start)
        for _ in range(SEGMENT // CHUNK):
            digest.update(file.read(CHUNK))
    return digest.digest()


def refuse_truncated(path: Path) -> None:
    """Read a `.gz` to its end with its check sums, for DuckDB takes a truncated one for whole."""
    if is_gzip(path):
        for _ in _decompressed(path):
            pass


def has_byte_order_mark(path: Path) -> bool:
    return first_bytes(path, len(BYTE_ORDER_MARK)).startswith(BYTE_ORDER_MARK)


def first_bytes(path: Path, wanted: int = CHUNK) -> bytes:
    """At least so many, unless the file has fewer: a `.gz` may be made of small parts."""
    found = b""
    try:
        for chunk in chunks(path):
            found += chunk
            if len(found) >= wanted:
                break
    except UnreadableError:
        # whoever reads on is told of the damage behind them
        if not found:
            raise
    return found


def chunks(path: Path) -> Iterator[bytes]:
    """The decompressed bytes; raises UnreadableError for a damaged `.gz`."""
    try:
        yield from _decompressed(path) if is_gzip(path) else _plain(path)
    except OSError as error:
        raise UnreadableError(f"it cannot be opened: {error.strerror}") from None


def _plain(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def padding_of(path: Path) -> int:
    """How many zeros stand behind the data of a `.gz`, as tapes and copying tools leave them."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(end - 1, 0))
        # data whose length is a number of four bytes often ends in one zero or more itself
        if file.read(1) != b"\0":
            return 0
    return max(padding for _, padding in _members(path))


def _decompressed(path: Path) -> Iterator[bytes]:
    for text, _ in _members(path):
        if text:
            yield text


def _members(path: Path) -> Iterator[tuple[bytes, int]]:
    """The data piece by piece, and how many zeros were found behind all of it.

    Raises UnreadableError for damage, and for a file that unpacks to more than its limit.
    """
    size = path.stat().st_size
    most, unpacked = limits().unpacked(size), 0
    # zlib alone does this four times as fast as the gzip module
    member, is_begun, is_empty, padding = zlib.decompressobj(31), False, True, 0
    for chunk in _plain(path):
        if is_empty and not GZIP_MARK.startswith(chunk[: len(GZIP_MARK)]):
            raise UnreadableError("its name ends in .gz, but it holds no gzip data")
        is_full = False
        while chunk or is_full:
            if not is_begun and not is_empty and (padding or chunk.startswith(b"\0")):
                padding += len(chunk)
                if chunk.strip(b"\0"):
                    raise UnreadableError("its gzip data is damaged: something follows its end")
                yield b"", padding
                break
            is_begun, is_empty = True, False
            try:
                # a few bytes may unpack to a thousand times as many
                text = member.decompress(chunk, PIECE)
            except zlib.error as error:
                raise UnreadableError(f"its gzip data is damaged: {error}") from None
            yield text, 0
            unpacked += len(text)
            if unpacked > most:
                raise UnreadableError(too_much(size, most))
            chunk, is_full = member.unconsumed_tail, len(text) == PIECE
            if member.eof:
                chunk, is_full = member.unused_data, False
                member, is_begun = zlib.decompressobj(31), False
    if is_begun or is_empty:
        raise UnreadableError("its gzip data ends too early")


def too_much(size: int, most: int) -> str:
    """What is said of a file of this size that unpacks to more than it may."""
    return f"{size:,} bytes in it unpack to more than {most:,} ({UNPACKED})"
