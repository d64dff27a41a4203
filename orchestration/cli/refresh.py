"""`funnel refresh`, and `funnel simulate`, which makes something to refresh from."""

from datetime import date
from pathlib import Path

import click

from orchestration.cli.options import PATH, IsoDate, chosen_home
from orchestration.console import say
from pipelines.errors import UsageError
from pipelines.settings import SHIPPED_RULES, Settings, Variables


@click.command()
@click.option(
    "--landing",
    type=PATH,
    help="Folder with a folder per feed; default a simulated one.",
)
@click.option("--as-of", type=IsoDate(), help="Last complete day to report; default yesterday.")
@click.option("--home", type=PATH, help="The folder to write; default FUNNEL_HOME or .funnel.")
@click.option("--rules", type=PATH, help="Folder with the rule CSVs; default the shipped ones.")
@click.option("--source", help="Mapping of a foreign export: a shipped NAME or a FILE.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help=f"Set one of: {', '.join(Variables.model_fields)}.",
)
@click.option("--full", is_flag=True, help="Full rebuild of the models from raw.")
@click.option("--resume", is_flag=True, help="Go on with the last run, which did not finish.")
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
    from orchestration.job.preflight import preflight
    from orchestration.job.resources import RunContext

    home = chosen_home(home)
    if resume:
        if any((landing, as_of, rules, source, assignments, full, dry_run)):
            raise UsageError("--resume takes the options of the run that ended; give --home alone")
        from orchestration.job.run import unfinished_run

        settings = unfinished_run(home)
    else:
        variables = Variables.parse(assignments)
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
    run = RunContext(settings)
    preflight(run)
    if dry_run:
        from orchestration.job.dry_run import dry_run as planned

        click.echo(planned(run))
        return
    from orchestration.job.run import refresh as run_job

    run_job(run)
    from orchestration.reports.summary import summary

    click.echo(summary(settings, run.load_report))


@click.command()
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
    from pipelines.simulate import simulate as write_company
    from pipelines.simulate.company import DEFAULT_LAST_DAY

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
