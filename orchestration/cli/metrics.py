"""The commands under `funnel metrics`: MetricFlow's own."""

import click


class MetricCommands(click.Group):
    """MetricFlow's commands, imported when one of them is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        from orchestration.reports.metrics import commands

        return sorted(commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        from orchestration.reports.metrics import commands

        return commands().get(cmd_name)
