"""What may stand behind the options of the command line."""

import re
from datetime import date
from pathlib import Path

import click

from pipelines.errors import UsageError
from pipelines.settings import default_home

# where an SQLite address begins its options, and signs that stand for another one
ADDRESS_SIGNS = re.compile(r"\?|%[0-9A-Fa-f]{2}")


class IsoDate(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            if len(value) != len("YYYY-MM-DD"):
                raise ValueError(value)
            return date.fromisoformat(value)
        except ValueError:
            return self.fail(f"{value!r} is not a day as YYYY-MM-DD", param, ctx)


class ResolvedPath(click.ParamType[Path]):
    """A path without `..` and symlinks: a folder has one name, however it was typed."""

    name = "PATH"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        try:
            return Path(value).resolve()
        except (OSError, RuntimeError, ValueError) as fault:
            return self.fail(f"{value!r} is no path: {fault}", param, ctx)


def chosen_home(home: Path | None) -> Path:
    """The home that was given, or the default one; raises UsageError if a file is in its place."""
    home = home or default_home()
    odd = ADDRESS_SIGNS.search(str(home))
    if odd:
        raise UsageError(
            f"--home {home}: Dagster keeps its runs at an address in which {odd[0]} is no part of a"
            " folder's name; use another home"
        )
    there = next(path for path in (home, *home.parents) if path.exists())
    if not there.is_dir():
        raise UsageError(f"--home {home}: {there} is a file, not a folder")
    return home


PATH = ResolvedPath()
