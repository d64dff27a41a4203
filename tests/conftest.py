"""What every package may share: the dbt project parsed once, and one warehouse a worker.

dbt parses for seconds, as long as it builds a small company. A test of a whole run begins with
`new_home`, one of models fills `warehouse`; a published home stands in the conftest of
`orchestration` (Tokyo) and of `catalog` (New York), to be copied where a test changes it.
"""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from orchestration.build.project import parsed_project
from tests.properties.warehouse import Warehouse


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which dbt has parsed the project, and nothing else was done; not to be changed.

    The first worker that needs it has it made, the others wait.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "parsed.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        parsed_project(folder / "parsed")
    return folder / "parsed"


@pytest.fixture
def new_home(parsed: Path, tmp_path: Path) -> Path:
    """An empty home of its own for a test, in which dbt need not parse."""
    return shutil.copytree(parsed, tmp_path / "new_home")


@pytest.fixture(scope="session")
def warehouse(parsed: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One for all tests of a worker; whoever needs it fills or clears it first."""
    home = tmp_path_factory.mktemp("warehouse") / "home"
    return Warehouse(shutil.copytree(parsed, home))
