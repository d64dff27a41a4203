"""A home that an earlier version wrote goes on: nothing is loaded again, and nothing is lost.

`homes/version-0.1.0.tar.xz` is such a home with its landing folder: a simulated company of 12 leads
over 30 days up to 2026-06-30, as commit 4892a6b left it.
"""

import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.home.records import LEGACY
from tests.orchestration.conftest import LAST_DAY, Outcome
from tests.orchestration.test_refresh import content

pytestmark = pytest.mark.xdist_group("refresh")

KEPT = Path(__file__).parent / "homes" / "version-0.1.0.tar.xz"
ROWS = "select * exclude (loaded_at) from load_audit order by all"


@pytest.fixture
def old_home(tmp_path: Path) -> Path:
    with tarfile.open(KEPT) as archive:
        archive.extractall(tmp_path / "home", filter="data")
    return tmp_path / "home"


def test_a_home_of_the_first_version_is_rebuilt_from_what_it_loaded(
    funnel: Callable[..., Outcome], old_home: Path, tmp_path: Path
) -> None:
    with duckdb.connect(str(old_home / "marts.duckdb"), read_only=True) as marts:
        audited = marts.execute(ROWS).fetchall()
    options = ["--landing", old_home / "landing", "--as-of", LAST_DAY]
    outcome = funnel("refresh", "--home", old_home, *options)
    assert outcome.status == 0, outcome.err
    assert "this home was written by an earlier version" in outcome.err
    assert "full rebuild: no complete build is recorded" in outcome.err
    assert not re.search(r"loading \d+ new file", outcome.err)
    fresh = funnel("refresh", "--home", tmp_path / "fresh", *options)
    assert fresh.status == 0, fresh.err
    assert content(old_home / "marts.duckdb") == content(tmp_path / "fresh" / "marts.duckdb")
    with duckdb.connect(str(old_home / "marts.duckdb"), read_only=True) as marts:
        assert marts.execute(ROWS).fetchall() == audited
    assert not any((old_home / name).exists() for name in LEGACY)


def test_commands_say_what_a_home_of_the_first_version_needs(
    funnel: Callable[..., Outcome], old_home: Path
) -> None:
    outcome = funnel("explain", "L1", "--home", old_home)
    assert outcome.status == 2
    assert f"funnel refresh --home {old_home}" in outcome.err
