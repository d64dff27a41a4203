"""The command line: `funnel refresh` and the commands that look at what it published."""

import sys
from datetime import date
from pathlib import Path

import click

from orchestration.cli.metric_commands import MetricCommands
from orchestration.cli.options import IsoDate, ResolvedPath, chosen_home
from pipelines.errors import FunnelError, UsageError
from pipelines.settings import SHIPPED_RULES, Settings, parse_variables

PATH = ResolvedPath()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def funnel() -> None:
    """Raw leads, events and dispositions in; scores, hand-offs and the ignore rate out."""


@funnel.command()
@click.option("--landing", type=PATH, help="Folder with one folder per feed.")
@click.option("--as-of", type=IsoDate(), help="Last complete local day to report.")
@click.option("--home", type=PATH, help="Where everything is written.")
@click.option("--rules", type=PATH, help="Folder with every seed as a CSV.")
@click.option("--source", help="Mapping of a foreign export: a shipped NAME or a FILE.")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Set a variable.")
@click.option("--full", is_flag=True, help="Rebuild the models from raw.")
@click.option("--resume", is_flag=True, help="Run only what the last run did not finish.")
@click.option("--dry-run", is_flag=True, help="Say what would be loaded and rebuilt, and why.")
def refresh(
    landing: Path | None,
    as_of: date | None,
    home: Path | None,
    rules: Path | None,
    source: str | None,
    assignments: tuple[str, ...],
    full: bool,
    resume: bool,
    dry_run: bool,
) -> None:
    """Load what is new, rebuild the models, judge them and publish the marts."""
    home = chosen_home(home)
    if resume:
        if any((landing, as_of, rules, source, assignments, full, dry_run)):
            raise UsageError("--resume takes the options of the run that ended; give --home alone")
        from orchestration.job import run as job

        settings, quarantined = job.resume(home)
    else:
        from orchestration.job.notices import notice_oddities
        from orchestration.job.preflight import preflight

        variables = parse_variables(assignments)
        if landing is None:
            if source:
                raise UsageError(f"--source {source} needs --landing, the folder of the exports")
            from orchestration.job.demo import demo_landing

            landing, last_day = demo_landing(home)
            as_of = as_of or last_day
        settings = Settings(
            home=home,
            landing=landing,
            as_of=as_of or variables.yesterday(),
            rules=rules or SHIPPED_RULES,
            source=source,
            full=full,
            variables=variables,
        )
        preflight(settings)
        notice_oddities(settings, variables.yesterday())
        if dry_run:
            from orchestration.job.dry_run import dry_run as planned

            click.echo(planned(settings))
            return
        from orchestration.job import run as job

        quarantined = job.refresh(settings)
    from orchestration.reports.summary import summary

    click.echo(summary(settings, quarantined))


@funnel.command()
@click.option("--home", type=PATH, help="The home to read and write.")
@click.option("--open", "shall_open", is_flag=True, help="Open the page in the browser.")
def dashboard(home: Path | None, shall_open: bool) -> None:
    """Draw the published marts again, without a run."""
    from orchestration.dashboard.writing import redraw_dashboard

    page = redraw_dashboard(chosen_home(home))
    click.echo(page)
    if shall_open:
        click.launch(str(page))


@funnel.command()
@click.option("--leads", type=click.IntRange(1), required=True, help="How many people.")
@click.option("--days", type=click.IntRange(1), required=True, help="How many days of history.")
@click.option("--seed", type=click.IntRange(0), required=True, help="Same seed, same bytes.")
@click.option("--out", type=PATH, required=True, help="Folder to write.")
@click.option("--last-day", type=IsoDate(), help="The last day of the history.")
@click.option("--web-events", type=click.IntRange(1), help="About how many web events.")
def simulate(
    leads: int, days: int, seed: int, out: Path, last_day: date | None, web_events: int | None
) -> None:
    """Write a made-up company's landing folder and the planted truth beside it."""
    from orchestration.console import say
    from pipelines.simulate import DEFAULT_LAST_DAY
    from pipelines.simulate import simulate as write_company

    write_company(
        leads=leads,
        days=days,
        seed=seed,
        out=out,
        last_day=last_day or DEFAULT_LAST_DAY,
        web_events=web_events,
        progress=say,
    )
    click.echo(f"{out}: landing/, as_of, truth.json")


@funnel.command()
@click.argument("wanted", metavar="PERSON|LEAD|E-MAIL")
@click.option("--on", "day", type=IsoDate(), help="The day to explain; default the last one.")
@click.option("--home", type=PATH, help="The home to read.")
def explain(wanted: str, day: date | None, home: Path | None) -> None:
    """Say who it is, how the score of the day comes about, and what sales did."""
    from orchestration.reports.explain import explain as explained

    click.echo(explained(chosen_home(home), wanted, day))


@funnel.command()
@click.option("--limit", type=click.IntRange(1), default=20, help="At most so many rows.")
@click.option("--home", type=PATH, help="The home to read.")
def quarantine(limit: int, home: Path | None) -> None:
    """Show the rows that broke the contract and why, those of the newest delivery first."""
    from orchestration.reports.quarantine import quarantined_rows

    click.echo(quarantined_rows(chosen_home(home), limit))


@funnel.command()
@click.option("--to", "target", required=True, metavar="URL", help="postgres://user@host/db")
@click.option("--home", type=PATH, help="The home to read.")
def publish(target: str, home: Path | None) -> None:
    """Copy the published marts into a PostgreSQL schema, swapped in one transaction.

    URL may end in ?schema=NAME (default funnel). The password is better kept in PGPASSWORD or in
    a .pgpass file, where no process list shows it.
    """
    from orchestration.published.postgres import publish_to_postgres

    click.echo(publish_to_postgres(chosen_home(home), target))


@funnel.command()
@click.argument("mart", required=False)
@click.option("--out", type=PATH, required=True, help="Folder to write.")
@click.option(
    "--format", "file_format", type=click.Choice(["parquet", "csv"]), help="Of the files."
)
@click.option("--all", "everything", is_flag=True, help="With MART: unchanged rows as well.")
@click.option("--home", type=PATH, help="The home to read.")
def export(
    mart: str | None, out: Path, file_format: str | None, everything: bool, home: Path | None
) -> None:
    """Write every published table as a file, or what changed in MART for a CRM to import.

    Tables become parquet and lists for a CRM csv, unless --format says otherwise; a list holds the
    changes since its last export in either format. `funnel export` alone writes whole tables.
    """
    home = chosen_home(home)
    if mart is None:
        if everything:
            raise UsageError("--all goes with the name of a list, such as handoff_queue")
        from orchestration.published.export.tables import export_tables

        written = export_tables(home, file_format or "parquet", out)
    else:
        from orchestration.published.export.changes import export_changes
        from orchestration.published.export.lists import change_list

        changed = export_changes(home, change_list(mart), file_format or "csv", out, everything)
        written = [changed] if changed else []
    for path in written:
        click.echo(path)


@funnel.group(name="rules")
def rules_group() -> None:
    """Look at the rules before they go live."""


@rules_group.command()
@click.option("--rules", type=PATH, help="Folder with every seed as a CSV.")
def check(rules: Path | None) -> None:
    """Say what is wrong with the rules, and what is suspicious."""
    from pipelines.rules import rules_report

    click.echo("\n".join(rules_report(rules or SHIPPED_RULES)))


@rules_group.command()
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@click.option("--home", type=PATH, help="The home whose rows are judged.")
def diff(before: Path, after: Path, home: Path | None) -> None:
    """Say who newly qualifies or no longer does when rules BEFORE become AFTER."""
    from orchestration.reports.rules_diff import rules_diff

    click.echo(rules_diff(chosen_home(home), before, after))


@funnel.command()
@click.option("--home", type=PATH, help="The home whose tables are shown.")
def docs(home: Path | None) -> None:
    """Write the pages that say what everything means: models, columns, lineage and glossary."""
    from orchestration.docs import build_docs

    click.echo(build_docs(chosen_home(home)))


@funnel.group(cls=MetricCommands)
@click.option("--home", type=PATH, help="The home whose marts are asked.")
@click.pass_context
def metrics(context: click.Context, home: Path | None) -> None:
    """Ask the metric layer: `metrics query --metrics ignore_rate --group-by metric_time__month`."""
    from orchestration.reports.metrics import PublishedConfiguration

    context.obj = PublishedConfiguration(chosen_home(home))


def main() -> None:
    """Run the command; a user's mistake is one message and an exit status, no traceback."""
    try:
        funnel(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as fault:
        fault.show()
        sys.exit(UsageError.exit_status)
    except FunnelError as fault:
        click.echo(f"funnel: {fault}", err=True)
        sys.exit(fault.exit_status)
    except OSError as fault:
        if fault.filename is None:
            raise
        click.echo(f"funnel: {fault.filename}: {fault.strerror}", err=True)
        sys.exit(FunnelError.exit_status)
