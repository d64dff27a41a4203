"""Runs the command line in this process, as a shell would see it."""

import io
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from orchestration.cli import main
from pipelines.simulate import simulate

LAST_DAY = date(2026, 6, 30)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exit status and what was printed."""

    status: int
    out: str
    err: str


def run_funnel(*arguments: object) -> Outcome:
    """Call `funnel ARGUMENTS...`."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["funnel", *map(str, arguments)])
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    return Outcome(status, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def funnel() -> Callable[..., Outcome]:
    """The command line as a function."""
    return run_funnel


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(leads=60, days=120, seed=11, out=folder, last_day=LAST_DAY)
    return folder


@pytest.fixture(scope="session")
def home(
    funnel: Callable[..., Outcome], company: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A home in which the company was published once."""
    folder = tmp_path_factory.mktemp("home")
    options = ["--landing", company / "landing", "--home", folder, "--as-of", LAST_DAY]
    outcome = funnel("refresh", *options)
    assert outcome.status == 0, outcome.err
    assert "sales ignored" in outcome.out
    assert "quarantined by this run:" in outcome.out
    return folder


@pytest.fixture
def copied(home: Path, tmp_path: Path) -> Path:
    """A published home of its own for a test, as if it had been moved."""
    copy = tmp_path / "moved home"
    shutil.copytree(home, copy)
    # a copied file has another time of its last change
    shutil.copystat(home / "marts.duckdb", copy / "marts.duckdb")
    return copy
