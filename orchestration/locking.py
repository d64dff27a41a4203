"""One writer per home: a lock that the operating system drops when the process ends."""

import fcntl
from pathlib import Path
from typing import IO

from pipelines.errors import HomeLockedError

_held: dict[Path, IO[str]] = {}


def hold(home: Path) -> None:
    """Take the home for this process; raises HomeLockedError if another process has it.

    Taking it again in the same process is no error: the steps of one run share it.
    """
    if home in _held:
        return
    home.mkdir(parents=True, exist_ok=True)
    handle = (home / "lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise HomeLockedError(
            f"another run holds {home}; wait for it to end, or use another --home"
        ) from None
    _held[home] = handle


def release(home: Path) -> None:
    """Give the home back before the process ends."""
    handle = _held.pop(home, None)
    if handle is not None:
        handle.close()
