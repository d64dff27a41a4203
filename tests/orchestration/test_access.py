"""Nobody but its owner reads a home, and readers get no further than what is published."""

import grp
import os
from pathlib import Path

import pytest

from orchestration.home.access import open_to_readers, share_published
from orchestration.home.lock import hold, release
from orchestration.home.records import published_run
from pipelines.errors import UsageError


def _modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in _all(folder)}


def _all(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_symlink()]


def test_a_refresh_opens_nothing_of_its_home_to_others(home: Path) -> None:
    assert {name for name, mode in _modes(home).items() if mode & 0o077} == set()
    assert (home / "dagster" / "history").is_dir()


def test_a_home_is_created_for_its_owner_alone(tmp_path: Path) -> None:
    os.umask(0o022)
    hold(tmp_path / "new" / "home")
    release(tmp_path / "new" / "home")
    assert (tmp_path / "new" / "home").stat().st_mode & 0o777 == 0o700


def test_readers_get_what_is_published_and_nothing_else(copied: Path) -> None:
    before = _modes(copied)
    group = grp.getgrgid(os.getegid()).gr_name
    share_published(published_run(copied).replace(readers=group))
    changed = {name: mode for name, mode in _modes(copied).items() if mode != before[name]}
    assert changed == {"marts.duckdb": 0o640, "dashboard.html": 0o640}
    assert copied.stat().st_mode & 0o077 == 0o010
    assert (copied / "marts.duckdb").stat().st_gid == os.getegid()
    share_published(published_run(copied))
    assert _modes(copied) == before


def test_a_group_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="readers = 'no such people': there is no such group"):
        open_to_readers([tmp_path], "no such people")
