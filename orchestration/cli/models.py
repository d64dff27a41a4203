"""`funnel dbt`: dbt on the warehouse of a home."""

import sys
from pathlib import Path

import click

from orchestration.cli.options import PATH, chosen_home
from orchestration.company.configuration import configuration


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("--home", type=PATH, help="The home whose warehouse is meant.")
@click.option(
    "--env", "wants_shell", is_flag=True, help='For plain dbt: eval "$(funnel dbt --env)".'
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="DBT-COMMAND...")
def dbt(home: Path | None, wants_shell: bool, arguments: tuple[str, ...]) -> None:
    """Run dbt with the project, profile, rules and day of the last build.

    \b
    funnel dbt build -s my_mart
    funnel dbt show -s my_mart --limit 5
    """
    from orchestration.build.by_hand import run_dbt, settings_by_hand, shell_environment

    settings = settings_by_hand(chosen_home(home), configuration().project)
    if wants_shell:
        click.echo(shell_environment(settings))
    else:
        sys.exit(run_dbt(settings, arguments))
