"""One run per home."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from orchestration import locking
from tests.orchestration.conftest import Outcome

HOLDER = """
import sys
from pathlib import Path
from orchestration import locking
locking.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


def test_second_run_is_told_and_leaves_everything(
    funnel: Callable[..., Outcome], tmp_path: Path
) -> None:
    home, landing = tmp_path / "home", tmp_path / "landing"
    (landing / "leads").mkdir(parents=True)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        outcome = funnel("refresh", "--home", home, "--landing", landing)
        assert outcome.status == 4
        assert f"another run holds {home}" in outcome.err
        assert [path.name for path in home.iterdir()] == ["lock"]
        holder.communicate("\n")


def test_a_lock_ends_with_its_run(tmp_path: Path) -> None:
    locking.hold(tmp_path)
    locking.hold(tmp_path)
    locking.release(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        out, _ = holder.communicate("\n")
        assert out == "held\n"
