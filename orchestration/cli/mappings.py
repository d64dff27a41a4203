"""`funnel map check`."""

from pathlib import Path

import click

from orchestration.cli.options import PATH
from orchestration.company.configuration import Options, configuration
from orchestration.console import echo
from pipelines.errors import UsageError
from pipelines.limits import hold


@click.group("map")
def mappings() -> None:
    """Look at a mapping before it is used."""


@mappings.command()
@click.argument("mapping", metavar="SOURCE|MAPPING")
@click.option("--landing", type=PATH, help="The folder of the exports; of a source its own.")
@click.option("--rules", type=PATH, help="Folder with the rule CSVs.")
@click.option("--timezone", help="Of instants without an offset.")
@click.option(
    "--rows", type=click.IntRange(1), default=10_000, help="At most so many of a file; 10000."
)
def check(
    mapping: str, landing: Path | None, rules: Path | None, timezone: str | None, rows: int
) -> None:
    """Try a mapping on the last files of each kind, without a home.

    SOURCE is one of funnel.toml, which says its mapping, folder and time zone; with --landing,
    MAPPING is a shipped one or a file.
    """
    from orchestration.reports.map_check import map_check

    given = (f"source_timezone={timezone}",) if timezone else ()
    held = configuration(Options(rules=rules, assignments=given))
    hold(held.limits)
    zone, allow_links = held.variables.source_timezone, False
    if landing is None:
        source = next((one for one in held.sources if one.name == mapping), None)
        if source is None:
            raise UsageError(f"{mapping} is no source of a funnel.toml here: give --landing")
        if source.mapping is None:
            raise UsageError(f"the source {mapping} has no mapping: its files are feeds already")
        mapping, landing = source.mapping, source.landing
        zone, allow_links = zone if timezone else source.timezone or zone, source.allow_links
    echo(map_check(mapping, landing, held.rules, zone, rows, allow_links=allow_links))
