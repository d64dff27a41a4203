"""Which files of a folder are loaded, and why others are not."""

import os
from collections.abc import Sequence
from pathlib import Path

from pipelines.load.reading import SUFFIXES, format_of

UNFINISHED = (".tmp", ".part")


def loadable_files(
    folder: Path, suffixes: Sequence[str] = SUFFIXES
) -> tuple[list[Path], list[tuple[str, list[str]]]]:
    """The files to load in the order of their names' bytes, and the skipped names by reason."""
    paths: list[Path] = []
    skipped: dict[str, list[str]] = {}
    for path in sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name)):
        reason = reason_to_skip(path.name, suffixes, is_file=path.is_file())
        if reason:
            skipped.setdefault(reason, []).append(path.name)
        else:
            paths.append(path.absolute())
    return paths, list(skipped.items())


def reason_to_skip(name: str, suffixes: Sequence[str], *, is_file: bool = True) -> str | None:
    """Why what bears this base name is not loaded."""
    if not _is_utf8(name):
        return "skipped, the name is not UTF-8"
    if name.startswith((".", "_")):
        return "skipped, the name starts with . or _"
    if name.strip().lower().endswith(UNFINISHED):
        return "skipped, unfinished"
    if not is_file:
        return "skipped, not a file"
    if format_of(name, suffixes) is None:
        return f"skipped, not one of {' '.join(suffixes)}"
    return None


def _is_utf8(name: str) -> bool:
    # Python has characters of its own for bytes that are not text
    return os.fsencode(name).decode(errors="ignore") == name
