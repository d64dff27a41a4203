"""Which contents are new: a file of a source is known by its name and the hash of its bytes."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import stat_result
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.load.content import fingerprint, is_gzip, refuse_truncated
from pipelines.load.landing import Unit
from pipelines.load.relation import UnreadableError
from pipelines.load.state import Known

READING_THREADS = 2


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file at one moment; `wholeness` is found out in the background."""

    path: Path
    digest: str
    stamp: tuple[int, ...]
    wholeness: Future[str | None] | None = None

    @property
    def fault(self) -> str | None:
        """Why the file cannot be read to its end."""
        return self.wholeness.result() if self.wholeness else None

    def refuse_change(self) -> None:
        """Raise UnreadableError if the file is no longer what was hashed."""
        if not self.path.exists() or _stamp(self.path) != self.stamp:
            raise UnreadableError(f"{self.path} changed while it was read; run again")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A content that a file name had not had before; `number` counts them from 1."""

    unit: Unit
    number: int
    content: Content


@contextmanager
def contents_of(units: Sequence[Unit], known: Known) -> Iterator[Mapping[Path, Future[Content]]]:
    """Hash every file once, in the background; new packed ones are read to their end."""
    digests: dict[Path, set[str]] = {}
    for unit in units:
        digests.setdefault(unit.path, set()).update(_digests(unit, known))
        for path in unit.looks_up:
            digests.setdefault(path, set())
    pool = ThreadPoolExecutor(READING_THREADS)
    try:
        yield {path: pool.submit(_content, path, seen, pool) for path, seen in digests.items()}
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def content_of(unit: Unit, contents: Mapping[Path, Future[Content]]) -> Content:
    """The content of a unit's file, new too when a file that it looks up is."""
    content = contents[unit.path].result()
    if not unit.looks_up:
        return content
    parts = [content.digest, *(contents[path].result().digest for path in unit.looks_up)]
    digest = hashlib.blake2b("".join(parts).encode(), digest_size=16).hexdigest()
    return replace(content, digest=digest)


def next_number(unit: Unit, known: Known) -> int:
    """The number of the delivery that a new content of the file would be."""
    return len(_digests(unit, known)) + 1


def is_new(unit: Unit, content: Content, known: Known) -> bool:
    """Whether the file name never had this content."""
    return content.digest not in _digests(unit, known)


def _digests(unit: Unit, known: Known) -> Sequence[str]:
    return known.get(unit.id, ())


def _content(path: Path, seen: set[str], pool: ThreadPoolExecutor) -> Content:
    try:
        stamp = _stamp(path)
        digest = fingerprint(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror}") from None
    is_judged = is_gzip(path) and digest not in seen
    return Content(path, digest, stamp, pool.submit(_fault, path) if is_judged else None)


def _fault(path: Path) -> str | None:
    try:
        refuse_truncated(path)
    except UnreadableError as error:
        return str(error)
    return None


def _stamp(path: Path) -> tuple[int, ...]:
    status: stat_result = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns
