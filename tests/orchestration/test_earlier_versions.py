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

from orchestration.home.records import LEGACY, Run
from pipelines.settings import Source
from tests.orchestration.conftest import LAST_DAY, Outcome
from tests.orchestration.test_refresh import content

pytestmark = pytest.mark.xdist_group("refresh")

KEPT = Path(__file__).parent / "homes" / "version-0.1.0.tar.xz"
ROWS = "select * exclude (loaded_at) from load_audit order by all"
SOURCES = "select distinct source from load_audit"


@pytest.fixture
def old_home(tmp_path: Path) -> Path:
    with tarfile.open(KEPT) as archive:
        archive.extractall(tmp_path / "home", filter="data")
    return tmp_path / "home"


def test_a_home_of_the_first_version_is_rebuilt_from_what_it_loaded(
    funnel: Callable[..., Outcome], old_home: Path, new_home: Path
) -> None:
    with duckdb.connect(str(old_home / "marts.duckdb"), read_only=True) as marts:
        audited = marts.execute(ROWS).fetchall()
    options = ["--landing", old_home / "landing", "--as-of", LAST_DAY]
    outcome = funnel("refresh", "--home", old_home, *options)
    assert outcome.status == 0, outcome.err
    assert "this home was written by an earlier version" in outcome.err
    assert "full rebuild: no complete build is recorded" in outcome.err
    assert not re.search(r"loading \d+ new file", outcome.err)
    fresh = funnel("refresh", "--home", new_home, *options)
    assert fresh.status == 0, fresh.err
    assert content(old_home / "marts.duckdb") == content(new_home / "marts.duckdb")
    with duckdb.connect(str(old_home / "marts.duckdb"), read_only=True) as marts:
        assert [row[:-2] for row in marts.execute(ROWS).fetchall()] == audited
        assert marts.execute(SOURCES).fetchall() == [("landing",)]
    assert not any((old_home / name).exists() for name in LEGACY)


def test_commands_say_what_a_home_of_the_first_version_needs(
    funnel: Callable[..., Outcome], old_home: Path
) -> None:
    quarantined = funnel("quarantine", "--home", old_home)
    assert quarantined.status == 0, quarantined.err
    assert re.search(r"^\w+/.* row \d+: ", quarantined.out, re.MULTILINE)
    outcome = funnel("explain", "L1", "--home", old_home)
    assert outcome.status == 2
    assert f"funnel refresh --home {old_home}" in outcome.err


def test_a_run_with_one_landing_folder_had_one_source() -> None:
    options = {"landing": "demo/landing", "source": "olist", "as_of": "2026-06-30", "full": True}
    settings = Run.model_validate({"options": options}).settings(Path("/home"))
    assert settings.sources == (Source(landing=Path("/home/demo/landing"), mapping="olist"),)
    assert settings.full
    assert Run.of(settings).options["sources"][0]["landing"] == "demo/landing"
