"""Errors that a user can fix; the command line turns each into one message and its exit status."""

import shlex
from pathlib import Path


class FunnelError(Exception):
    """Base of every error that is reported without a traceback."""

    exit_status = 1


def move_away_hint(path: Path) -> str:
    """How to take a damaged file out of the way without losing it."""
    return f"move it away (mv {shlex.quote(str(path))} {shlex.quote(f'{path}.old')})"


def file_error(fault: OSError) -> FunnelError:
    """The error of a file that cannot be read or written, with what mends it."""
    # of a file that is put in its place, the place
    path = Path(str(fault.filename2 or fault.filename))
    if isinstance(fault, IsADirectoryError):
        return _misplaced(path, "folder", "file")
    if isinstance(fault, FileExistsError):
        return _misplaced(path, "file", "folder")
    if isinstance(fault, NotADirectoryError):
        return _misplaced(
            next((one for one in path.parents if one.exists()), path), "file", "folder"
        )
    return FunnelError(f"{path}: {fault.strerror}")


def _misplaced(path: Path, found: str, wanted: str) -> FunnelError:
    return FunnelError(
        f"{path} is a {found}, but a {wanted} belongs there; {move_away_hint(path)} and run the"
        " command again"
    )


class DamagedFileError(FunnelError):
    """A file of the home is damaged and has to be moved away."""


class UsageError(FunnelError):
    """The command, a rule, a mapping or the configuration is wrong; nothing was touched."""

    exit_status = 2


class AbsentError(UsageError):
    """The files of a source are not there: of several sources the others load without it."""


class GateError(FunnelError):
    """A blocking quality gate failed; the marts published before stay."""

    exit_status = 3


class HomeLockedError(FunnelError):
    """Another run holds the home."""

    exit_status = 4


class NobodyError(FunnelError):
    """Nobody is known by what was asked for."""

    exit_status = 5


class InterruptError(FunnelError):
    """Somebody pressed Ctrl-C; what was done stands."""

    exit_status = 130
