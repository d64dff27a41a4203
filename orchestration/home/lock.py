"""One writer per home, or several readers of its warehouse: locks end with their process."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from orchestration.console import say
from orchestration.home.access import keep_private
from pipelines.errors import HomeLockedError, UsageError

PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.05

_held: dict[Path, IO[str]] = {}


def hold(home: Path) -> None:
    """Take the home for this process; raises HomeLockedError if another process has it.

    Taking it again in the same process is no error: the steps of one run share it. Readers are
    waited for, since they leave by themselves and a scheduled run shall not fail because of them.
    """
    home = home.resolve()
    if home in _held:
        return
    handle = _opened(home)
    try:
        _take(handle, home)
        handle.truncate(0)
        handle.write(f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
        handle.flush()
    except BaseException:
        handle.close()
        raise
    _held[home] = handle


def release(home: Path) -> None:
    """Give the home back before the process ends."""
    handle = _held.pop(home.resolve(), None)
    if handle is not None:
        handle.close()


def holder(home: Path) -> str | None:
    """The process whose run has the home, and since when; None if there is none."""
    home = home.resolve()
    if home in _held or not (home / "lock").is_file():
        return None
    with _opened(home) as handle:
        return None if _locked(handle, fcntl.LOCK_SH) else _told(home)


@contextmanager
def reading(home: Path) -> Iterator[None]:
    """Read the warehouse of a home, for a moment; raises HomeLockedError during a run."""
    home = home.resolve()
    if home in _held:
        yield
        return
    with _opened(home) as handle:
        if not _locked(handle, fcntl.LOCK_SH):
            raise _another_run(home)
        yield


def _opened(home: Path) -> IO[str]:
    keep_private()
    try:
        home.mkdir(parents=True, exist_ok=True)
        return (home / "lock").open("a+")
    except IsADirectoryError:
        # the command line says what mends it
        raise
    except OSError as fault:
        raise UsageError(f"--home {home} cannot be written: {fault.strerror}") from None


def _take(handle: IO[str], home: Path) -> None:
    patience_ends = time.monotonic() + PATIENCE_SECONDS
    has_told = False
    while not _locked(handle, fcntl.LOCK_EX):
        # who can share it meets no writer, but readers
        if not _locked(handle, fcntl.LOCK_SH) or time.monotonic() > patience_ends:
            raise _another_run(home)
        fcntl.flock(handle, fcntl.LOCK_UN)
        if not has_told:
            say("waiting for a command that reads the warehouse")
            has_told = True
        time.sleep(PAUSE_SECONDS)


def _locked(handle: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _told(home: Path) -> str:
    # empty in the moment in which the home is taken
    return (home / "lock").read_text(encoding="utf-8", errors="replace") or "process unknown"


def _another_run(home: Path) -> HomeLockedError:
    return HomeLockedError(
        f"another run holds {home} ({_told(home)}); wait for it to end, or use another --home"
    )
