"""A small company published once, far from Tokyo, for everything that reads a published home."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipelines.simulate import simulate
from tests.orchestration.conftest import Outcome, run_funnel

LAST_DAY = date(2026, 6, 30)


@pytest.fixture(scope="session")
def funnel() -> Callable[..., Outcome]:
    """The command line as a function."""
    return run_funnel


@pytest.fixture(scope="session")
def published(parsed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the company."""
    company = tmp_path_factory.mktemp("company")
    simulate(leads=150, days=200, seed=5, out=company, last_day=LAST_DAY)
    home = shutil.copytree(parsed, tmp_path_factory.mktemp("published") / "home")
    outcome = run_funnel(
        *("refresh", "--landing", company / "landing", "--home", home, "--as-of", LAST_DAY),
        *("--set", "reporting_timezone=America/New_York"),
    )
    assert outcome.status == 0, outcome.err
    return home
