"""A recipe of CONTRIBUTING, followed in a copy of the project, on a home that was built before."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT
from tests.orchestration.conftest import LAST_DAY

pytestmark = pytest.mark.xdist_group("refresh")
PACKAGES = ("pipelines", "expectations", "orchestration", "dbt_project")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copy = tmp_path / "project"
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("target", "logs", "__pycache__")
        shutil.copytree(PROJECT / name, copy / name, ignore=ignored)
    return copy


def _insert_after(path: Path, line: str, added: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(line) == 1
    path.write_text(text.replace(line, line + added), encoding="utf-8")


def test_a_column_is_added_to_a_feed(
    project: Path, company: Path, home: Path, tmp_path: Path
) -> None:
    own_home = tmp_path / "home"
    shutil.copytree(home, own_home)
    _insert_after(
        project / "pipelines" / "feeds.py",
        'Column("quantity", "int", default="1"),',
        '\n        Column("venue", default="unknown"),',
    )
    staging = project / "dbt_project" / "models" / "staging"
    _insert_after(
        staging / "stg_funnel__offline_events.sql",
        "        offline_events.quantity",
        ",\n        offline_events.venue",
    )

    done = subprocess.run(
        [
            *(sys.executable, "-c", "from orchestration.cli import main; main()", "refresh"),
            *("--home", own_home, "--landing", company / "landing", "--as-of", str(LAST_DAY)),
        ],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert _venues(own_home) == {"unknown": _offline_events(home)}


def _venues(home: Path) -> dict[str, int]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        return dict(
            warehouse.execute(
                "select venue, count(*) from staging.stg_funnel__offline_events group by venue"
            ).fetchall()
        )


def _offline_events(home: Path) -> int:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        (rows,) = warehouse.execute(
            "select count(*) from staging.stg_funnel__offline_events"
        ).fetchone() or (0,)
    return rows
