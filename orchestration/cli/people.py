"""`funnel erase`: a person's right to be forgotten."""

from pathlib import Path

import click

from orchestration.cli.options import PATH, chosen_home
from pipelines.errors import FunnelError, UsageError


@click.command()
@click.argument("wanted", metavar="[PERSON|LEAD|E-MAIL]...", nargs=-1)
@click.option("--file", "listed", type=PATH, help="A text file with one of them on each line.")
@click.option("--home", type=PATH, help="The home to erase from.")
def erase(wanted: tuple[str, ...], listed: Path | None, home: Path | None) -> None:
    """Remove people from everything in a home, publish the marts without them, and prove it.

    Salted hashes stay, so that the same people in a later file are not loaded again.
    """
    if listed:
        try:
            lines = listed.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as fault:
            raise UsageError(f"--file {listed} cannot be read: {fault}") from None
        wanted = (*wanted, *(line.strip() for line in lines if line.strip()))
    if not wanted:
        raise UsageError("say whom to erase: a person_id, lead_id or e-mail address, or --file")
    from orchestration.erasing.erasure import last_receipt, order
    from orchestration.job.context import RunContext
    from orchestration.job.run import refresh

    home = chosen_home(home)
    refresh(RunContext(order(home, wanted)))
    receipt = last_receipt(home)
    if receipt.left:
        raise FunnelError("not all of it could be told apart from others; see above")
