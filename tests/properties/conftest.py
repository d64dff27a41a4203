"""One warehouse per session: dbt parses once, every case fills it anew."""

from pathlib import Path

import pytest

from tests.properties.warehouse import Warehouse


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    home: Path = tmp_path_factory.mktemp("home")
    return Warehouse(home)
