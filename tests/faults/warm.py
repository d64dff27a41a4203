"""Commands of the unmodified `funnel` in processes that have its imports already: a fork server.

The server itself opens no database and starts no thread, so that a child is like a fresh process
that has done its imports. Each command is a process group of its own, which can be killed whole.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# what a refresh imports sooner or later
IMPORTED = (
    "dagster",
    "dbt.cli.main",
    "dbt.parser.manifest",
    "dlt",
    "great_expectations",
    "altair",
    "orchestration.cli",
    "orchestration.job.execution",
    "orchestration.dashboard.writing",
    "expectations.gate",
    "pipelines.load",
    "pipelines.simulate",
)
POLL = 0.002


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its status, negative for a signal, what it said, and its seconds."""

    status: int
    said: str
    seconds: float

    @property
    def was_killed(self) -> bool:
        return self.status == -signal.SIGKILL


class Server:
    """The process that forks the commands; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "said.txt"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def funnel(
        self,
        *arguments: object,
        kill_after: float | None = None,
        copy: tuple[Path, Path] | None = None,
        folder: Path | None = None,
    ) -> Ended:
        """Run `funnel ARGUMENTS...`; `kill_after` seconds its group is killed, if it still runs.

        With `copy` the group is frozen first, and the first folder is copied to the second.
        `folder` is the one that it runs in.
        """
        asked = {
            "arguments": [str(argument) for argument in arguments],
            "kill_after": kill_after,
            "copy": [str(path) for path in copy] if copy else None,
            "folder": str(folder) if folder else None,
            "log": str(self._log),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        said = self._log.read_text(encoding="utf-8", errors="replace")
        return Ended(int(answer["status"]), said, answer["seconds"])

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the fork server has ended")
        answer: dict[str, float] = json.loads(line)
        return answer


def _serve() -> None:
    for name in IMPORTED:
        importlib.import_module(name)
    print(json.dumps({"status": 0}), flush=True)
    for line in sys.stdin:
        print(json.dumps(_run(**json.loads(line))), flush=True)


def _run(
    arguments: Sequence[str],
    kill_after: float | None,
    copy: Sequence[str] | None,
    folder: str | None,
    log: str,
) -> dict[str, float]:
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _child(arguments, folder, log)
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            break
        if kill_after is not None and time.monotonic() - began >= kill_after:
            if copy:
                os.killpg(pid, signal.SIGSTOP)
                subprocess.run(["cp", "-a", *copy], check=True)
            os.killpg(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            break
        time.sleep(POLL)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "seconds": time.monotonic() - began,
    }


def _child(arguments: Sequence[str], folder: str | None, log: str) -> None:
    status = 70
    try:
        os.setsid()
        if folder:
            os.chdir(folder)
        with Path(log).open("wb") as file, Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), 0)
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        from orchestration.cli import main

        sys.argv = ["funnel", *arguments]
        status = 0
        main()
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
