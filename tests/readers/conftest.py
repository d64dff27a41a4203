"""A home in which something small is published, and a PostgreSQL server of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.readers.postgres_server import Server, bin_folder, running_server
from tests.readers.published import EVERY_TYPE, QUEUE, write_published


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two published tables."""
    folder = tmp_path / "home"
    write_published(folder, {"every_type": EVERY_TYPE, "handoff_queue": QUEUE})
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A throw-away server; tests that need it are skipped where PostgreSQL is not installed."""
    programs = bin_folder()
    if programs is None:
        pytest.skip("no PostgreSQL server here: apt-get install postgresql")
    with running_server(programs) as running:
        yield running
