"""Two companies per session: a small one with every oddity, and the demo's numbers."""

from pathlib import Path

import pytest

from pipelines.simulate import simulate
from pipelines.simulate.company import DEFAULT_LAST_DAY, Company, build_company
from tests.simulate.exports import Exports

LEADS, DAYS, SEED = 600, 240, 11


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    folder: Path = tmp_path_factory.mktemp("company")
    simulate(LEADS, DAYS, SEED, folder)
    return Exports(folder)


@pytest.fixture(scope="session")
def demo() -> Company:
    """The plan of the company that the demo shows."""
    return build_company(2_000, 760, 7, DEFAULT_LAST_DAY, None)
