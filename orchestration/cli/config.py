"""`funnel config`: what holds, and where each value comes from."""

import json
from pathlib import Path
from typing import Any

import click

from orchestration.cli.options import company_options, usable_home
from orchestration.company.configuration import Configuration, Options, configuration
from orchestration.company.reading import FILE
from orchestration.console import echo


@click.command()
@company_options
def config(options: Options) -> None:
    """Show what holds here, and where each value comes from: option, variable, line or default.

    One value a line: key, value and origin. An option holds before FUNNEL_HOME, this before
    funnel.toml (of this folder or the nearest above), and this before the defaults.
    """
    chosen = configuration(options)
    usable_home(chosen.home)
    for line in config_lines(chosen):
        echo(line)


def config_lines(chosen: Configuration) -> list[str]:
    """The file, and a line for each key in the order of the file."""
    file = chosen.company.path if chosen.company else f"none in {Path.cwd()} or above"
    rows = [(key, _shown(held.value), held.origin) for key, held in chosen.held.items()]
    if not chosen.sources:
        rows.append(("sources", "none", "default"))
    order = ("sources.", "spark.", "thresholds.", "lists.", "retention.", "alerts.", "gates.")
    rows.sort(
        key=lambda row: next((i for i, name in enumerate(order) if row[0].startswith(name)), -1)
    )
    keys, values = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = [f"{key:{keys}}  {value:{min(values, 50)}}  {origin}" for key, value, origin in rows]
    return [f"{FILE}: {file}", *lines]


def _shown(value: Any) -> str:
    """A value as funnel.toml has it."""
    return json.dumps(value, ensure_ascii=False, default=str)
