"""What commands print: results, a line per step on standard error, hints at other commands.

Names and values in it come from files of strangers: a terminal shows them and obeys nothing.
"""

import shlex
import sys
import time
from pathlib import Path

import click

from orchestration.company.configuration import default_home
from pipelines.wording import shown

_started = time.monotonic()


def say(message: str) -> None:
    """Print a progress line with the seconds since the process began."""
    line = f"[{time.monotonic() - _started:6.1f} s] {shown(message)}"
    print(line, file=sys.stderr, flush=True)


def echo(text: object, *, err: bool = False) -> None:
    """Print the result of a command, or an error of it."""
    click.echo(shown(str(text)), err=err)


def command_hint(home: Path, command: str) -> str:
    """The `funnel` command as the user has to type it for this home."""
    option = "" if home == default_home() else f" --home {shlex.quote(str(home))}"
    return f"funnel {command}{option}"
