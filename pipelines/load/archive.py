"""The files in a ZIP archive, as copies beside which nothing is written."""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj

from pipelines.limits import limits
from pipelines.load.content import too_much
from pipelines.load.copies import new_copy
from pipelines.load.reading import MAPPED_SUFFIXES
from pipelines.load.relation import UnreadableError

ARCHIVE = ".zip"
MOST_MEMBERS = 10_000
ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive under its path there; `copy` is what can be read of it, if anything."""

    name: str
    copy: Path | None


# with the state of the archive that they were unpacked from
_known: dict[Path, tuple[tuple[int, int], tuple[Member, ...]]] = {}


def is_archive(name: str) -> bool:
    return name.strip().lower().endswith(ARCHIVE)


def members_of(path: Path) -> tuple[Member, ...]:
    """Unpack an archive, once for each of its states; raises UnreadableError.

    Names are only looked at: a copy has a name of ours, so none can be written elsewhere.
    """
    status = path.stat()
    state = (status.st_size, status.st_mtime_ns)
    known_state, known = _known.get(path, (None, ()))
    if known_state == state:
        return known
    for member in known:
        if member.copy:
            member.copy.unlink(missing_ok=True)
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _refuse_hostile(infos, status.st_size)
            members = tuple(Member(info.filename, _unpacked(archive, info)) for info in infos)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise UnreadableError(f"its ZIP data is damaged: {error}") from None
    _known[path] = (state, members)
    return members


def _refuse_hostile(infos: list[zipfile.ZipInfo], size: int) -> None:
    if len(infos) > MOST_MEMBERS:
        raise UnreadableError(f"it holds {len(infos)} files, more than {MOST_MEMBERS}")
    seen = set()
    for info in infos:
        name = info.filename
        if name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name:
            raise UnreadableError(f"it holds {name!r}, a name that leads out of the archive")
        if name in seen:
            raise UnreadableError(f"it holds {name!r} twice")
        seen.add(name)
        if info.flag_bits & ENCRYPTED:
            raise UnreadableError("it is protected by a password")
    # what is read of a member ends where its declared size does
    most = limits().unpacked(size)
    if sum(info.file_size for info in infos) > most:
        raise UnreadableError(too_much(size, most))


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Path | None:
    folded = info.filename.strip().lower()
    suffix = next((suffix for suffix in MAPPED_SUFFIXES if folded.endswith(suffix)), None)
    if suffix is None:
        return None
    copy = new_copy(suffix)
    with archive.open(info) as packed, copy.open("wb") as file:
        copyfileobj(packed, file, 1 << 20)
    return copy
