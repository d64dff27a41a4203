"""Files of a home that can be made again: whether they are still as they were written."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from orchestration.console import say
from orchestration.home.records import Records


def digests_of(home: Path, names: Iterable[str]) -> dict[str, str]:
    """A digest of each of these files, to be recorded as `files`."""
    return {name: _digest(home / name) for name in names}


def are_kept(home: Path, records: Records, names: Iterable[str]) -> bool:
    """Whether all of these files are as they were recorded; raises OSError for a folder."""
    return all(_is_kept(home, records, name) for name in names)


def tell_damage(home: Path, records: Records, names: Iterable[str]) -> None:
    """Say which of these files are there, but not as they were recorded."""
    for name in names:
        is_there = name in records.files and (home / name).exists()
        if is_there and not _is_kept(home, records, name):
            say(f"{home / name} is damaged: it is made again")


def _is_kept(home: Path, records: Records, name: str) -> bool:
    try:
        return records.files.get(name) == _digest(home / name)
    except FileNotFoundError:
        return False


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:32]
