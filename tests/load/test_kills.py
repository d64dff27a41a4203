"""A run that is killed at any moment leaves nothing that the next run does not put right."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.load.home import Home
from tests.load.killed_load import MOMENTS

PROJECT = Path(__file__).resolve().parents[2]


def fair(first: int, last: int, quantity: int) -> str:
    rows = [f"O{number},2025-01-05,visit,{quantity}\n" for number in range(first, last)]
    rows.insert(len(rows) // 2, "O-bad,soon,visit,1\n")
    return "event_id,occurred_at,event_type,quantity\n" + "".join(rows)


def first_day(home: Home) -> None:
    home.write("offline_events", "b.csv", fair(0, 50, 1))
    home.write("leads", "leads.csv", "lead_id,created_at\nL1,2025-01-01\n,2025-01-01\n")


def second_day(home: Home) -> None:
    """A changed file, a late one large enough to be loaded from where it lies, and new feeds."""
    home.write("offline_events", "b.csv", fair(40, 60, 2))
    home.write("offline_events", "a.csv", fair(0, 200, 3))
    home.write("leads", "leads.csv", "lead_id,created_at\nL1,2025-01-01\nL2,2025-01-01\n")
    home.write("sales_dispositions", "s.csv.gz", b"cut")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home after the first day, beside it what it holds after the second."""
    home = Home(tmp_path_factory.mktemp("undisturbed"))
    first_day(home)
    home.load()
    return home


@pytest.fixture(scope="module")
def expected(undisturbed: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("expected") / "copy")
    shutil.copytree(undisturbed.folder, home.folder)
    second_day(home)
    home.load()
    return home


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_run_after_a_kill_gives_the_same_tables(
    undisturbed: Home, expected: Home, tmp_path: Path, moment: str
) -> None:
    home = Home(tmp_path / "copy")
    shutil.copytree(undisturbed.folder, home.folder)
    second_day(home)
    command = [sys.executable, "-m", "tests.load.killed_load", str(home.folder), moment]
    killed = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    home.load()

    assert home.raw() == expected.raw()
    home.load()
    assert home.raw() == expected.raw()
    assert len(home.query("from raw._dlt_loads")) == 2
