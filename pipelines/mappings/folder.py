"""The files below a folder of exports that a mapping may ask for: in it, in sub-folders, in ZIPs.

A name is the path from the folder, with `/`, and an archive is like a folder: `2024/crm.zip/a.csv`.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pipelines.load.archive import ARCHIVE, is_archive, members_of
from pipelines.load.folder import loadable_files, reason_to_skip, unfit
from pipelines.load.reading import MAPPED_SUFFIXES
from pipelines.load.relation import UnreadableError

SUFFIXES = (*MAPPED_SUFFIXES, ARCHIVE)
# as many folders as there are
ANY_FOLDERS = "**"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that can be read at `path`; `landed` is what lies in the folder, it or its archive.

    `fault` says why an archive cannot be read.
    """

    name: str
    path: Path
    landed: Path
    archive: str | None = None
    fault: str | None = None

    def matches(self, pattern: str) -> bool:
        """Whether a pattern names it, or its archive, or something in it if that is damaged."""
        wanted = _parts(pattern)
        if self.fault:
            return _leads_to(_parts(self.name), wanted)
        names = [self.name, self.archive] if self.archive else [self.name]
        return any(_match(_parts(name), wanted) for name in names)


@dataclass(frozen=True, slots=True)
class Found:
    """The files in the order of their names' bytes, and what was skipped by reason."""

    files: tuple[FoundFile, ...]
    skipped: tuple[tuple[str, list[str]], ...]


def find_files(landing: Path, patterns: Sequence[str], *, allow_links: bool = False) -> Found:
    """The files that may match some of the patterns.

    Sub-folders are looked into where a pattern names some, archives where one names them; links to
    folders never, those to files if they are allowed.
    """
    paths, skipped = loadable_files(landing, SUFFIXES, allow_links=allow_links)
    names = {path.name: path for path in paths}
    reasons = dict(skipped)
    if any("/" in pattern for pattern in patterns):
        folders = {path.name for path in landing.iterdir() if path.is_dir()}
        for reason, skipped_names in skipped:
            reasons[reason] = [name for name in skipped_names if name not in folders]
        names |= _below(landing, reasons, allow_links=allow_links)
    files = []
    for name, path in names.items():
        if not is_archive(name):
            files.append(FoundFile(name, path, path))
        elif any(_leads_to(_parts(name), _parts(pattern)) for pattern in patterns):
            files += _members(name, path, reasons)
        else:
            reasons.setdefault("not in the mapping, skipped", []).append(name)
    files.sort(key=lambda file: file.name.encode())
    return Found(tuple(files), tuple((why, names) for why, names in reasons.items() if names))


def _below(landing: Path, reasons: dict[str, list[str]], *, allow_links: bool) -> dict[str, Path]:
    found = {}
    for folder, folders, files in os.walk(landing):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
        if Path(folder) == landing:
            continue
        for base in files:
            path = Path(folder, base)
            name = path.relative_to(landing).as_posix()
            reason = reason_to_skip(base, SUFFIXES, unfit(path, allow_links=allow_links))
            if reason:
                reasons.setdefault(reason, []).append(name)
            else:
                found[name] = path.absolute()
    return found


def _members(name: str, path: Path, reasons: dict[str, list[str]]) -> Iterator[FoundFile]:
    try:
        members = members_of(path)
    except UnreadableError as error:
        yield FoundFile(name, path, path, fault=str(error))
        return
    for member in members:
        full = f"{name}/{member.name}"
        *folders, base = member.name.split("/")
        hidden = [folder for folder in folders if folder.startswith((".", "_"))]
        reason = reason_to_skip(hidden[0] if hidden else base, MAPPED_SUFFIXES)
        if reason or member.copy is None:
            reasons.setdefault(reason or "skipped", []).append(full)
        else:
            yield FoundFile(full, member.copy, path, archive=name)


def _parts(name: str) -> list[str]:
    return [part.strip() for part in name.lower().split("/")]


def _leads_to(name: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a pattern names this, or something in it."""
    return any(_match(name, pattern[:end]) for end in range(1, len(pattern) + 1))


def _match(name: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern or not name:
        return not pattern and not name
    if pattern[0] == ANY_FOLDERS:
        return any(_match(name[start:], pattern[1:]) for start in range(len(name)))
    return fnmatchcase(name[0], pattern[0]) and _match(name[1:], pattern[1:])
