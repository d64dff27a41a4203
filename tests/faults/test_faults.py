"""A sample of the faults that `make soak` tries in full: kills of commands, and damaged files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.commands import Commands
from tests.faults.damage import try_pair
from tests.faults.kills import Company
from tests.faults.warm import Server

pytestmark = pytest.mark.xdist_group("faults")

SEED = 3
# one file of each kind, by the way it heals
SAMPLE = [
    ("marts.duckdb", "a block spoiled"),
    ("warehouse.duckdb", "truncated"),
    ("warehouse.duckdb", "of another home"),
    ("dagster/history/runs/index.db", "random bytes"),
    ("kpi_revisions.json", "of another home"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server")) as opened:
        yield opened


@pytest.fixture(scope="module")
def company(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(server, tmp_path_factory.mktemp("faults"), SEED)


@pytest.mark.parametrize("number", range(20))
def test_a_killed_refresh_is_recovered_by_the_next(company: Company, number: int) -> None:
    assert company.try_point(number).wrong == []


# an erasure takes two refreshes, so `make soak` alone kills it
@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("name", ["export of all tables", "export of a list"])
def test_a_killed_export_is_made_good_by_the_next(
    server: Server, company: Company, tmp_path: Path, number: int, name: str
) -> None:
    assert Commands(server, company, tmp_path, None).try_point(number, name).wrong == []


@pytest.fixture(scope="module")
def other(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of another company."""
    return Company(server, tmp_path_factory.mktemp("other"), SEED + 1).before.home


@pytest.mark.parametrize(("file", "damage"), SAMPLE)
def test_a_damaged_file_heals(
    server: Server, company: Company, other: Path, tmp_path: Path, file: str, damage: str
) -> None:
    pair = try_pair(server, company, other, tmp_path, file, damage)
    assert pair.wrong == []
