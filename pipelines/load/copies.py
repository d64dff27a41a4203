"""Copies of files in a form that can be read, in a folder that is gone when the process ends."""

from collections.abc import Callable, Hashable
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

Told = TypeVar("Told")
_numbers = count(1)
# with the state of the file that each copy was made of
_known: dict[tuple[Path, Hashable], tuple[tuple[int, int], Path, Any]] = {}


def copied(
    path: Path, how: Hashable, suffix: str, write: Callable[[Path], Told]
) -> tuple[Path, Told]:
    """The copy of a file that `write` makes, and what that returns; once for each of its states."""
    status = path.stat()
    state = (status.st_size, status.st_mtime_ns)
    if (path, how) in _known:
        known_state, copy, told = _known[path, how]
        if known_state == state:
            return copy, told
        copy.unlink(missing_ok=True)
    copy = new_copy(suffix)
    try:
        told = write(copy)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    _known[path, how] = (state, copy, told)
    return copy, told


def new_copy(suffix: str) -> Path:
    """Where a copy may be written; the folder is that of TMPDIR, and nobody else may read it."""
    return Path(_folder().name) / f"{next(_numbers)}{suffix}"


def remove_copies() -> None:
    """Remove them all, before a process that ends without Python's own clearing up."""
    if _folder.cache_info().currsize:
        _folder().cleanup()


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="funnel-")
