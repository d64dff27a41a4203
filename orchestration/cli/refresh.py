"""`funnel refresh`, and `funnel simulate`, which makes something to refresh from."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import click

from orchestration.cli.options import (
    AS_JSON,
    PATH,
    IsoDate,
    company_options,
    usable_home,
)
from orchestration.company.configuration import Options, configuration
from orchestration.console import echo, say
from orchestration.home.records import read_records
from pipelines.errors import UsageError
from pipelines.settings import Settings


@click.command()
@company_options
@click.option("--as-of", type=IsoDate(), help="Last complete day to report; default yesterday.")
@click.option("--full", is_flag=True, help="Full rebuild of the models from raw.")
@click.option(
    "--drop-source",
    "dropped",
    multiple=True,
    metavar="NAME",
    help="Delete the rows of a source that is none any more.",
)
@click.option("--resume", is_flag=True, help="Go on with the last run, which did not finish.")
@click.option("--dry-run", is_flag=True, help="Say what would be loaded and rebuilt, and why.")
@click.option("--watch", is_flag=True, help="Stay, and refresh again after each change.")
@AS_JSON
def refresh(
    options: Options,
    as_of: date | None,
    full: bool,
    dropped: tuple[str, ...],
    resume: bool,
    dry_run: bool,
    watch: bool,
    as_json: bool,
) -> None:
    """Load what is new, rebuild the models, judge them and publish the marts.

    With --json it ends with what `funnel status --json` prints.
    """
    if as_json and (dry_run or watch):
        raise UsageError("--json goes with a single refresh, not with --dry-run or --watch")
    if resume:
        if options != Options(home=options.home) or any((as_of, full, dropped, dry_run, watch)):
            raise UsageError("--resume takes the options of the run that ended; give --home alone")
        from orchestration.job.run import unfinished_run

        # a gate that blocked may have other limits now
        now = configuration(options)
        unfinished = unfinished_run(usable_home(now.home))
        standing = {"gates": now.gates, "retention": now.retention, "company": now.name}
        _refresh(unfinished.replace(**standing, readers=now.readers), as_json=as_json)
        return
    if watch and dry_run:
        raise UsageError("--watch refreshes after each change, --dry-run never: give one of them")
    chosen = configuration(options)
    usable_home(chosen.home)
    if not chosen.sources and not chosen.company:
        from orchestration.job.demo import demo_landing

        landing, last_day = demo_landing(chosen.home)
        options, as_of = replace(options, landing=landing), as_of or last_day

    def settings() -> Settings:
        # midnight may pass while files are watched, and funnel.toml may change
        return configuration(options).settings(as_of, full=full).replace(dropped_sources=dropped)

    if watch:
        from orchestration.job.watching import watch as refresh_on_changes

        refresh_on_changes(settings, _refresh)
    else:
        _refresh(settings(), is_dry=dry_run, as_json=as_json)


@click.command()
@company_options
@click.option("--from", "first", type=IsoDate(), required=True, help="The first day to report.")
@click.option("--to", "last", type=IsoDate(), required=True, help="The last day to report.")
def backfill(options: Options, first: date, last: date) -> None:
    """Report each day of a range, one refresh a day.

    `kpi_revisions` keeps what each day's publication changed. What is published in the end is the
    newest day: the last of the range, or the one that was published before if that is later.
    """
    if first > last:
        raise UsageError(f"--from {first} is after --to {last}")
    chosen = configuration(options)
    usable_home(chosen.home)
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    before = read_records(chosen.home).publication
    if before and before.inputs.as_of > last:
        days.append(before.inputs.as_of)
    for number, day in enumerate(days, start=1):
        say(f"day {number} of {len(days)}: {day}")
        _refresh(configuration(options).settings(day))


def _refresh(settings: Settings, *, is_dry: bool = False, as_json: bool = False) -> None:
    """One run, or what it would do, and what it ends with."""
    from orchestration.job.context import RunContext
    from orchestration.job.preflight import preflight

    run = RunContext(settings)
    preflight(run)
    if is_dry:
        from orchestration.job.dry_run import dry_run

        echo(dry_run(run))
        return
    from orchestration.job.run import refresh as run_job

    run_job(run)
    if as_json:
        from orchestration.reports.status import status

        echo(status(settings.home).model_dump_json(indent=2))
        return
    from orchestration.reports.summary import summary

    echo(summary(settings, run.load_report))


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
    echo(f"{out}: landing/, as_of, truth.json")
