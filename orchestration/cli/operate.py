"""The commands for whoever runs it every day: how it goes, and what is wrong."""

import os
import sys
from importlib import import_module
from pathlib import Path

import click

from orchestration.cli.extras import extra
from orchestration.cli.options import AS_JSON, PATH, chosen_home, company_options, usable_home
from orchestration.company.configuration import Options, configuration
from orchestration.console import echo
from pipelines.errors import FunnelError


@click.command()
@click.option("--home", type=PATH, help="The home to read.")
@AS_JSON
def status(home: Path | None, as_json: bool) -> None:
    """Show the last runs, what is published, how fresh each feed is, and what the gates say."""
    from orchestration.reports.status import status as found

    told = found(chosen_home(home))
    echo(told.model_dump_json(indent=2) if as_json else told.text())


@click.command()
@company_options
@AS_JSON
def doctor(options: Options, as_json: bool) -> None:
    """Look for what keeps a refresh from running, and say what mends it.

    The exit status is 1 if something does.
    """
    from orchestration.reports.doctor import examine

    chosen = configuration(options)
    usable_home(chosen.home)
    found = examine(chosen)
    echo(found.model_dump_json(indent=2) if as_json else found.text())
    if not found.is_well:
        sys.exit(FunnelError.exit_status)


@click.command()
@click.option("--home", type=PATH, help="The home whose runs are shown.")
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
def dev(home: Path | None, port: int) -> None:
    """Show runs, assets and the daily schedule on 127.0.0.1: Dagster's page and its daemon.

    Both take what `funnel.toml` of this folder says. Ctrl-C ends them.
    """
    with extra("webserver"):
        import_module("dagster_webserver")
    from orchestration.job.execution import prepare_instance

    chosen = chosen_home(home)
    prepare_instance(chosen)
    # what runs there reads its home from here
    os.environ["FUNNEL_HOME"] = str(chosen)
    served = ["-h", "127.0.0.1", "-p", str(port), "-m", "orchestration.job.definitions"]
    os.execv(sys.executable, [sys.executable, "-m", "dagster", "dev", *served])
