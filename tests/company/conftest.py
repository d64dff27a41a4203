"""A company folder that a test writes, as the current folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.orchestration.conftest import Outcome, run_funnel


@pytest.fixture
def funnel() -> Callable[..., Outcome]:
    """The command line as a function."""
    return run_funnel


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, with commands run in one below it."""
    below = tmp_path / "acme" / "below"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    monkeypatch.delenv("FUNNEL_HOME", raising=False)
    return below.parent
