"""What may stand behind the options of the command line."""

import re
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from orchestration.company.configuration import Options, configuration
from orchestration.home.access import keep_private
from pipelines.errors import UsageError
from pipelines.variables import Variables

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
    """The home that was given, or the default one; raises UsageError if a file is in its place.

    And for a bad `funnel.toml`, whatever the home.
    """
    return usable_home(configuration(Options(home=home)).home)


def usable_home(home: Path) -> Path:
    """The same home, in private from now on; raises UsageError for one that no run can write."""
    keep_private()
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
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def company_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options that hold before what `funnel.toml` says, as one argument `options` of a command."""

    @click.option("--landing", type=PATH, help="Folder with a folder per feed, or of exports.")
    @click.option("--home", type=PATH, help="The folder to write; default FUNNEL_HOME or .funnel.")
    @click.option("--rules", type=PATH, help="Folder with the rule CSVs; default the shipped ones.")
    @click.option(
        "--engine", type=click.Choice(["duckdb", "spark"]), help="What builds the models."
    )
    @click.option("--project", type=PATH, help="dbt project with models of your own.")
    @click.option(
        "--source", "mapping", help="Mapping of a foreign export: a shipped NAME or a FILE."
    )
    @click.option(
        "--set",
        "assignments",
        multiple=True,
        metavar="NAME=VALUE",
        help=f"Set one of: {', '.join(Variables.model_fields)}; docs/rules.md explains each.",
    )
    @wraps(command)
    def with_options(
        landing: Path | None,
        home: Path | None,
        rules: Path | None,
        mapping: str | None,
        project: Path | None,
        engine: str | None,
        assignments: tuple[str, ...],
        **others: Any,
    ) -> None:
        command(Options(home, landing, rules, mapping, project, assignments, engine), **others)

    return with_options
