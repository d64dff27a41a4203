"""A load in a process of its own that kills itself at a named moment."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dlt.destinations.job_client_impl import ModelLoadJob, SqlJobClientBase

from pipelines.load import audit, staging
from tests.load.home import Home

# the moment: what is called then, and how often it has come to its end before
MOMENTS: dict[str, tuple[Any, str, int]] = {
    "all files examined": (staging.Stage, "finish", 1),
    "first table written": (ModelLoadJob, "run", 1),
    "some tables written": (ModelLoadJob, "run", 4),
    "all tables written": (SqlJobClientBase, "complete_load", 0),
    "load entered as finished": (SqlJobClientBase, "complete_load", 1),
    "rows numbered": (audit, "mark_replaced", 0),
    "rows of one feed replaced": (audit, "mark_replaced", 1),
    "one feed settled": (audit, "mark_replaced", 2),
}


def killing(function: Callable[..., Any], ends: int) -> Callable[..., Any]:
    """`function`, but the process dies once it ended `ends` times, or before it begins for 0."""
    ended = 0

    def call(*arguments: Any, **options: Any) -> Any:
        nonlocal ended
        if ends == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*arguments, **options)
        ended += 1
        if ended == ends:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return call


def main(folder: str, moment: str) -> None:
    owner, name, ends = MOMENTS[moment]
    setattr(owner, name, killing(getattr(owner, name), ends))
    staging.LARGE_BYTES = 2_000
    Home(Path(folder)).load()


if __name__ == "__main__":
    main(*sys.argv[1:])
