"""The commands that hand published marts on to other systems."""

from pathlib import Path

import click

from orchestration.cli.extras import extra
from orchestration.cli.options import PATH, chosen_home
from orchestration.console import echo
from pipelines.errors import UsageError

# in place of the name of a list
PERSON = "person"


@click.command()
@click.option("--to", "target", required=True, metavar="URL", help="postgres://user@host/db")
@click.option("--home", type=PATH, help="The home to read.")
def publish(target: str, home: Path | None) -> None:
    """Copy the published marts into a PostgreSQL schema, swapped in one transaction.

    URL may end in ?schema=NAME (default funnel). The password is better kept in PGPASSWORD or in
    a .pgpass file, where no process list shows it.
    """
    with extra("postgres"):
        from orchestration.published.postgres import publish_to_postgres

    echo(publish_to_postgres(chosen_home(home), target))


@click.command()
@click.argument("name", required=False)
@click.argument("wanted", metavar="[PERSON|LEAD|E-MAIL]", required=False)
@click.option("--out", type=PATH, required=True, help="Folder to write.")
@click.option(
    "--format", "file_format", type=click.Choice(["parquet", "csv"]), help="Of the files."
)
@click.option("--all", "everything", is_flag=True, help="With NAME: unchanged rows as well.")
@click.option("--raw", "is_raw", is_flag=True, help="In csv: texts as they are, formulas too.")
@click.option("--home", type=PATH, help="The home to read.")
def export(
    name: str | None,
    wanted: str | None,
    out: Path,
    file_format: str | None,
    everything: bool,
    is_raw: bool,
    home: Path | None,
) -> None:
    """Write every published table as a file, or what changed in the list NAME for a CRM to import.

    Tables become parquet and lists for a CRM csv, unless --format says otherwise; a list holds the
    changes since its last export in either format. `funnel export` alone writes whole tables.

    `funnel export person PERSON|LEAD|E-MAIL` writes all that is held of one person, as person.json.

    In csv a text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a
    carriage return) gets an apostrophe in front; --raw leaves it as it is.
    """
    from orchestration.company.configuration import configuration
    from orchestration.home.access import open_to_readers

    home, chosen = chosen_home(home), configuration()
    if name == PERSON:
        if not wanted or file_format or everything or is_raw:
            raise UsageError("export person takes a person_id, lead_id or e-mail address and --out")
        from orchestration.erasing.held import export_person

        click.echo(export_person(home, wanted, out))
        return
    if wanted:
        raise UsageError(f"{wanted}: only `export person` takes another argument than the list")
    file_format = file_format or ("csv" if name else "parquet")
    if is_raw and file_format != "csv":
        raise UsageError("--raw goes with csv files: parquet has texts as they are")
    guarded = file_format == "csv" and not is_raw
    if name is None:
        if everything:
            raise UsageError("--all goes with the name of a list, such as handoff_queue")
        from orchestration.published.export.tables import export_tables

        written = export_tables(home, file_format, out, guarded=guarded)
    else:
        from orchestration.published.export.changes import export_changes
        from orchestration.published.export.lists import export_list

        changes = export_list(name, chosen.lists)
        changed = export_changes(home, name, changes, file_format, out, everything, guarded=guarded)
        written = [changed] if changed else []
    if chosen.readers:
        open_to_readers([out, *written], chosen.readers)
    for path in written:
        echo(path)
