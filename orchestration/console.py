"""One line per step on standard error; standard output is for results."""

import sys
import time

_started = time.monotonic()


def say(message: str) -> None:
    """Print a progress line with the seconds since the process began."""
    print(f"[{time.monotonic() - _started:6.1f} s] {message}", file=sys.stderr, flush=True)
