"""What can be known before anything is touched: what is wrong, and what is seldom meant."""

from datetime import date

import duckdb

from orchestration.build.root import RootProject
from orchestration.console import say
from orchestration.home.access import group_of
from orchestration.home.records import read_records
from orchestration.job.context import RunContext
from pipelines.errors import UsageError
from pipelines.settings import Settings
from pipelines.sql import literal

# instants end with 2099 in UTC, which is New Year's Day of 2100 in the east
LAST_DAY = date(2100, 1, 1)


def preflight(run: RunContext) -> None:
    """Check day, project, landing folder, mapping, rules, limits and variables, or UsageError."""
    settings = run.settings
    if settings.as_of > LAST_DAY:
        raise UsageError(f"--as-of {settings.as_of}: no row can be dated after {LAST_DAY}")
    for source in settings.sources:
        if source.name in settings.dropped_sources:
            raise UsageError(
                f"--drop-source {source.name}: it is still a source, and its files would load again"
            )
    if settings.readers:
        group_of(settings.readers)
    RootProject(settings.project).check()
    if settings.engine == "spark":
        from orchestration.spark.session import check_spark

        check_spark(settings.spark)
    _ = run.landing, run.limits
    for warning in run.rules.warnings:
        say(f"rules: {warning}")
    _try_in_duckdb(settings)
    warn_of_oddities(settings, settings.variables.yesterday())


def warn_of_oddities(settings: Settings, yesterday: date) -> None:
    """Say that the day is not over, or that the home was filled from another landing folder.

    `yesterday` is the last complete day in the reporting time zone.
    """
    if settings.as_of > yesterday:
        say(
            f"warning: --as-of {settings.as_of} is not over yet ({yesterday} was the last complete"
            " day): deadlines are counted and scores fall up to it as if nothing happened until"
            " then"
        )
    publication = read_records(settings.home).publication
    published = publication.run.settings(settings.home).sources if publication else ()
    folders = {source.name: source.landing.resolve() for source in published}
    for source in settings.sources:
        before = folders.get(source.name, source.landing)
        if before != source.landing:
            say(
                f"warning: {settings.home} was filled from {before}; the rows of {source.landing}"
                " join those. If they are of another company, give it a --home of its own"
            )


def _try_in_duckdb(settings: Settings) -> None:
    # python and DuckDB know different time zones and different regular expressions
    variables, local = settings.variables, "select timezone({}, timestamp '2020-01-01')"
    trials = [
        ("--set reporting_timezone", variables.reporting_timezone, local),
        ("--set source_timezone", variables.source_timezone, local),
        ("--set bot_pattern", variables.bot_pattern, "select regexp_matches('', {})"),
        *(
            (f"source {source.name}: timezone", source.timezone, local)
            for source in settings.sources
            if source.timezone
        ),
    ]
    with duckdb.connect() as connection:
        for name, value, trial in trials:
            try:
                connection.execute(trial.format(literal(value)))
            except duckdb.Error as fault:
                raise UsageError(f"{name}={value}: DuckDB says {fault}") from None
