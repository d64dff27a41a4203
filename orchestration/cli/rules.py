"""`funnel rules check` and `funnel rules diff`."""

from pathlib import Path

import click

from orchestration.cli.options import PATH, chosen_home
from orchestration.company.configuration import Options, configuration
from orchestration.console import echo


@click.group()
def rules() -> None:
    """Look at the rules before they go live."""


@rules.command()
@click.option("--rules", "folder", type=PATH, help="Folder with the rule CSVs.")
def check(folder: Path | None) -> None:
    """Say what is wrong with the rules, and what is suspicious."""
    from pipelines.rules import rules_report

    echo("\n".join(rules_report(configuration(Options(rules=folder)).rules)))


@rules.command()
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@click.option("--home", type=PATH, help="The home whose rows are judged.")
def diff(before: Path, after: Path, home: Path | None) -> None:
    """Say who newly qualifies or no longer does when rules BEFORE become AFTER."""
    from orchestration.reports.rules_diff import rules_diff

    echo(rules_diff(chosen_home(home), before, after))
