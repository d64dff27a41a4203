"""The commands that look at what a home holds."""

from datetime import date
from pathlib import Path

import click

from orchestration.cli.metrics import MetricCommands
from orchestration.cli.options import PATH, IsoDate, chosen_home
from orchestration.console import echo


@click.command()
@click.option("--home", type=PATH, help="The home to read and write.")
@click.option("--open", "shall_open", is_flag=True, help="Open the page in the browser.")
def dashboard(home: Path | None, shall_open: bool) -> None:
    """Draw the published marts again, without a run."""
    from orchestration.dashboard.writing import redraw_dashboard

    page = redraw_dashboard(chosen_home(home))
    echo(page)
    if shall_open:
        click.launch(str(page))


@click.command()
@click.argument("wanted", metavar="PERSON|LEAD|E-MAIL|...")
@click.option("--on", "day", type=IsoDate(), help="The day to explain; default the last one.")
@click.option("--home", type=PATH, help="The home to read.")
def explain(wanted: str, day: date | None, home: Path | None) -> None:
    """Say who it is, how the score of the day comes about, and what sales did.

    It is found by person, lead, e-mail address, telephone number, hand-off, deal, browser or
    account. The exit status is 5 if nobody is.
    """
    from orchestration.reports.explain import explain as explained

    echo(explained(chosen_home(home), wanted, day))


@click.command()
@click.option("--limit", type=click.IntRange(1), default=20, help="At most so many rows.")
@click.option("--home", type=PATH, help="The home to read.")
def quarantine(limit: int, home: Path | None) -> None:
    """Show the rows that broke the contract and why, those of the newest delivery first."""
    from orchestration.reports.quarantine import quarantined_rows

    echo(quarantined_rows(chosen_home(home), limit))


@click.command()
@click.option("--home", type=PATH, help="The home whose tables are shown.")
def docs(home: Path | None) -> None:
    """Write the pages that say what everything means: models, columns, lineage and glossary."""
    from orchestration.docs import build_docs

    echo(build_docs(chosen_home(home)))


@click.group(cls=MetricCommands)
@click.option("--home", type=PATH, help="The home whose marts are asked.")
@click.pass_context
def metrics(context: click.Context, home: Path | None) -> None:
    """Ask the metric layer: `metrics query --metrics ignore_rate --group-by metric_time__month`."""
    from orchestration.reports.metrics import PublishedConfiguration

    context.obj = PublishedConfiguration(chosen_home(home))
