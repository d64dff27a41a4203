"""One run per home."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.home import lock
from pipelines.errors import HomeLockedError
from tests.orchestration.conftest import Outcome

HOLDER = """
import sys
from pathlib import Path
from orchestration.home import lock
lock.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


READER = """
import sys
from pathlib import Path
from orchestration.home import lock
with lock.reading(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_process(script: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the home until it reads a line or the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.communicate("\n")


def test_second_run_is_told_and_leaves_everything(
    funnel: Callable[..., Outcome], tmp_path: Path
) -> None:
    home, landing = tmp_path / "home", tmp_path / "landing"
    (landing / "leads").mkdir(parents=True)
    (landing / "leads" / "leads.csv").write_text("lead_id,created_at\n", encoding="utf-8")
    with another_process(HOLDER, home):
        outcome = funnel("refresh", "--home", home, "--landing", landing)
        assert outcome.status == 4
        assert f"another run holds {home}" in outcome.err
        assert [path.name for path in home.iterdir()] == ["lock"]


def test_a_lock_ends_with_its_run(tmp_path: Path) -> None:
    lock.hold(tmp_path)
    lock.hold(tmp_path)
    lock.release(tmp_path)
    with another_process(HOLDER, tmp_path) as holder:
        assert holder.poll() is None


def test_a_home_is_one_however_it_is_named(tmp_path: Path) -> None:
    home, link = tmp_path / "home", tmp_path / "link"
    home.mkdir()
    link.symlink_to(home)
    lock.hold(home / ".." / "home")
    lock.hold(link)
    lock.release(home)
    with another_process(HOLDER, link), pytest.raises(HomeLockedError, match=str(home)):
        lock.hold(home / ".." / "home")


def test_readers_share_a_home_and_a_run_waits_for_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with another_process(READER, tmp_path) as reader, lock.reading(tmp_path):
        assert reader.poll() is None
    with another_process(READER, tmp_path) as reader:
        assert reader.stdin is not None
        threading.Timer(0.3, reader.stdin.close).start()
        lock.hold(tmp_path)
        lock.release(tmp_path)
        reader.stdin = None
    assert "waiting for a command that reads the warehouse" in capsys.readouterr().err


def test_a_reader_does_not_wait_for_a_run(tmp_path: Path) -> None:
    with (
        another_process(HOLDER, tmp_path),
        pytest.raises(HomeLockedError, match="another run holds"),
        lock.reading(tmp_path),
    ):
        pytest.fail("the home was read during a run")
