"""What commands print: a line per step on standard error, and hints at other commands."""

import shlex
import sys
import time
from pathlib import Path

from orchestration.company.configuration import default_home

_started = time.monotonic()


def say(message: str) -> None:
    """Print a progress line with the seconds since the process began."""
    print(f"[{time.monotonic() - _started:6.1f} s] {message}", file=sys.stderr, flush=True)


def command_hint(home: Path, command: str) -> str:
    """The `funnel` command as the user has to type it for this home."""
    option = "" if home == default_home() else f" --home {shlex.quote(str(home))}"
    return f"funnel {command}{option}"
