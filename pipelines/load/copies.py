"""Copies of files in a form that can be read, in a folder that is gone when the process ends."""

from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

_numbers = count(1)


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
