"""The command line of registering."""

import argparse
import os
import sys
from getpass import getpass
from pathlib import Path

from orchestration.console import command_hint
from orchestration.published.superset.client import Superset, SupersetError
from orchestration.published.superset.register import register


def main(arguments: list[str] | None = None) -> int:
    """Register and print the dashboard's URL; 2 if Superset or the file cannot be reached."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.published.superset", description=__doc__
    )
    parser.add_argument("--url", default="http://127.0.0.1:8088", help="where Superset listens")
    parser.add_argument("--user", default="admin", help="its password: SUPERSET_PASSWORD")
    parser.add_argument("--marts", type=Path, required=True, help="the published marts.duckdb")
    given = parser.parse_args(arguments)
    if not given.marts.is_file():
        hint = command_hint(given.marts.resolve().parent, "refresh")
        print(f"superset: {given.marts} does not exist; run `{hint}` first", file=sys.stderr)
        return 2
    superset = Superset(given.url)
    try:
        superset.login(given.user, os.environ.get("SUPERSET_PASSWORD") or getpass())
        print(register(superset, given.marts))
    except SupersetError as error:
        print(f"superset: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
