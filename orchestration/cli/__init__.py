"""The command line: one module for each family of commands."""

import gc
import os
import sys

import click

from orchestration.cli.config import config
from orchestration.cli.hand_on import export, publish
from orchestration.cli.init import init
from orchestration.cli.look import dashboard, docs, explain, metrics, quarantine
from orchestration.cli.mappings import mappings
from orchestration.cli.models import dbt
from orchestration.cli.operate import dev, doctor, status
from orchestration.cli.people import erase
from orchestration.cli.refresh import backfill, refresh, simulate
from orchestration.cli.rules import rules
from orchestration.console import echo
from pipelines.errors import FunnelError, InterruptError, UsageError, file_error
from pipelines.settings import DISTRIBUTION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=DISTRIBUTION)
def funnel() -> None:
    """Raw leads, events and dispositions in; scores, hand-offs and the ignore rate out."""


for command in (
    *(init, config, refresh, backfill, status, doctor, dev),
    *(dashboard, simulate, explain, quarantine),
    *(publish, export, erase, rules, mappings, docs, metrics, dbt),
):
    funnel.add_command(command)


def main() -> None:
    """Run the command; a user's mistake is one message and an exit status, no traceback."""
    # python's helper process says so when a process is interrupted and leaves semaphores to it
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    # importing and parsing leave little to collect, and looking for it takes seconds of a run
    gc.set_threshold(200_000, 20, 50)
    try:
        funnel(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _end_at_once(InterruptError("interrupted"))
    except click.ClickException as fault:
        fault.show()
        sys.exit(UsageError.exit_status)
    except InterruptError as fault:
        _end_at_once(fault)
    except FunnelError as fault:
        echo(f"funnel: {fault}", err=True)
        sys.exit(fault.exit_status)
    except OSError as fault:
        if fault.filename is None:
            raise
        echo(f"funnel: {file_error(fault)}", err=True)
        sys.exit(FunnelError.exit_status)


def _end_at_once(interrupt: InterruptError) -> None:
    """Say one line and leave; threads of DuckDB and dbt would end in a crash of their own."""
    from pipelines.load.copies import remove_copies

    echo(f"funnel: {interrupt}", err=True)
    remove_copies()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(interrupt.exit_status)
