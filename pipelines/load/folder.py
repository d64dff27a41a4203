"""Which files of a folder are loaded, and why others are not."""

import os
from collections.abc import Sequence
from pathlib import Path

from pipelines.load.reading import SUFFIXES, format_of

UNFINISHED = (".tmp", ".part")
LINK = "skipped, a link (it may lead out of the folder; allow_links of the source allows it)"


def loadable_files(
    folder: Path, suffixes: Sequence[str] = SUFFIXES, *, allow_links: bool = False
) -> tuple[list[Path], list[tuple[str, list[str]]]]:
    """The files to load in the order of their names' bytes, and the skipped names by reason."""
    paths: list[Path] = []
    skipped: dict[str, list[str]] = {}
    for path in sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name)):
        reason = reason_to_skip(path.name, suffixes, unfit(path, allow_links=allow_links))
        if reason:
            skipped.setdefault(reason, []).append(path.name)
        else:
            paths.append(path.absolute())
    return paths, list(skipped.items())


def unfit(path: Path, *, allow_links: bool) -> str | None:
    """Why nothing is read here whatever the name: what is no file is never opened."""
    if path.is_symlink() and not allow_links:
        return LINK
    return None if path.is_file() else "skipped, not a file"


def reason_to_skip(name: str, suffixes: Sequence[str], unfit: str | None = None) -> str | None:
    """Why what bears this base name is not loaded; `unfit` says what is wrong with it else."""
    if not _is_utf8(name):
        return "skipped, the name is not UTF-8"
    if name.startswith((".", "_")):
        return "skipped, the name starts with . or _"
    if name.strip().lower().endswith(UNFINISHED):
        return "skipped, unfinished"
    if unfit:
        return unfit
    if format_of(name, suffixes) is None:
        return f"skipped, not one of {' '.join(suffixes)}"
    return None


def _is_utf8(name: str) -> bool:
    # Python has characters of its own for bytes that are not text
    return os.fsencode(name).decode(errors="ignore") == name
