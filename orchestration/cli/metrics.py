"""The commands under `funnel metrics`: MetricFlow's own."""

import click

from orchestration.cli.extras import extra


class MetricCommands(click.Group):
    """MetricFlow's commands, imported when one of them is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return _commands().get(cmd_name)


def _commands() -> dict[str, click.Command]:
    with extra("metrics"):
        from orchestration.reports.metrics import commands

    return commands()
