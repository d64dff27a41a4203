"""`funnel map check`."""

from pathlib import Path

import click

from orchestration.cli.options import PATH
from pipelines.settings import SHIPPED_RULES
from pipelines.variables import Variables


@click.group("map")
def mappings() -> None:
    """Look at a mapping before it is used."""


@mappings.command()
@click.argument("mapping")
@click.option("--landing", type=PATH, required=True, help="The folder of the exports.")
@click.option("--rules", type=PATH, default=SHIPPED_RULES, help="Folder with the rule CSVs.")
@click.option("--timezone", default="UTC", help="Of instants without an offset; default UTC.")
@click.option(
    "--rows", type=click.IntRange(1), default=10_000, help="At most so many of a file; 10000."
)
def check(mapping: str, landing: Path, rules: Path, timezone: str, rows: int) -> None:
    """Try MAPPING, a shipped one or a file, on the last files of each kind, without a home."""
    from orchestration.reports.map_check import map_check

    zone = Variables.parse((f"source_timezone={timezone}",)).source_timezone
    click.echo(map_check(mapping, landing, rules, zone, rows))
