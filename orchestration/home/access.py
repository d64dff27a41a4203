"""Who may read a home: its owner alone, and what is published a group that `readers` names."""

import grp
import os
from collections.abc import Iterable
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.settings import Settings

OWNER_ALONE = 0o077
FILE, SHARED_FILE = 0o600, 0o640
SHARED_FOLDER = 0o750
# who may only pass through a folder has to know the names in it
PASSAGE = 0o010


def keep_private() -> None:
    """Whatever this process creates from now on is its owner's alone: 0700 and 0600.

    The programs that it starts inherit it, and so do the files of DuckDB, dlt, dbt and Dagster.
    """
    os.umask(OWNER_ALONE)


def group_of(name: str) -> int:
    """The number of a group; raises UsageError unless this user may give files to it."""
    try:
        group = grp.getgrnam(name).gr_gid
    except KeyError:
        raise UsageError(f"readers = {name!r}: there is no such group") from None
    if os.geteuid() != 0 and group not in {os.getegid(), *os.getgroups()}:
        raise UsageError(f"readers = {name!r}: you are not in this group, so nothing can be its")
    return group


def open_to_readers(paths: Iterable[Path], readers: str) -> None:
    """Open files, and folders that hold nothing else, to the group, or to nobody if it is blank."""
    for path in paths:
        if readers:
            os.chown(path, -1, group_of(readers))
        if path.is_dir():
            path.chmod(SHARED_FOLDER if readers else 0o700)
        else:
            path.chmod(SHARED_FILE if readers else FILE)


def share_published(settings: Settings) -> None:
    """Open the published file and the page to the readers, who get no further into the home."""
    published = [path for path in (settings.marts, settings.dashboard) if path.is_file()]
    open_to_readers(published, settings.readers)
    if settings.readers:
        os.chown(settings.home, -1, group_of(settings.readers))
        settings.home.chmod(settings.home.stat().st_mode & 0o7777 | PASSAGE)
