"""Whether a run has nothing to do, known before dbt, dlt and Dagster are imported.

It asks what the steps of the job would ask, one after the other. Where one of them has something to
do, or something to refuse, the job does it.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.build.inputs import Inputs
from orchestration.build.project import standing_project
from orchestration.console import say
from orchestration.home.loaded import loaded_state
from orchestration.home.records import Records
from orchestration.job.context import RunContext
from orchestration.published.record import RAW_GATE, judged_rows, published_changes
from orchestration.published.verdicts import damaged_verdict
from pipelines.database import connect
from pipelines.feeds import FEEDS
from pipelines.load import FeedCounts, LoadReport
from pipelines.load.deliveries import content_of, contents_of, is_new
from pipelines.load.landing import Unit
from pipelines.load.readings import changed_sources, refuse_other_zones, sources_left
from pipelines.load.state import LandingState
from pipelines.rules import stage_rules


def nothing_new(run: RunContext, before: Records) -> LoadReport | None:
    """The report of a run that leaves the published marts as they are; None if a job is needed.

    `before` are the records that the run before this one left. If that did not finish, a job does.
    """
    settings = run.settings
    has_finished = before.run is not None and before.run.is_finished
    if settings.full or settings.dropped_sources or not has_finished:
        return None
    if not settings.warehouse.exists():
        return None
    try:
        with connect(settings) as warehouse:
            loaded = loaded_state(warehouse)
        if loaded is None or not (_is_published(run, before) and _is_loaded(run, loaded)):
            return None
    except duckdb.Error:
        # the job says what is wrong with the warehouse
        return None
    warnings = (*run.landing.warnings, *sources_left(loaded, settings))
    for warning in warnings:
        say(f"warning: {warning}")
    say("nothing has changed since the marts were published: they stay as they are")
    return LoadReport(tuple(FeedCounts(feed.name) for feed in FEEDS), warnings)


def _is_published(run: RunContext, before: Records) -> bool:
    """Whether all but the landing folder is as it was judged and published."""
    settings, publication = run.settings, before.publication
    project = standing_project(settings.home, settings.project, settings.engine)
    if not (project and publication and project.digest == publication.inputs.models):
        return False
    # models that were published have nothing to be refused, so it is the turn of the rules
    stage_rules(run.rules, settings.staged_rules)
    inputs = Inputs.of(settings, project)
    if published_changes(settings, inputs):
        return False
    is_judged = before.judged.get(RAW_GATE) == judged_rows(inputs)
    return is_judged and not damaged_verdict(settings.home, RAW_GATE)


def _is_loaded(run: RunContext, loaded: LandingState) -> bool:
    """Whether each file of the sources was loaded with the content that it has."""
    refuse_other_zones(loaded, run.landing.readings)
    contents = loaded.contents
    if not contents or changed_sources(loaded, run.landing):
        return False
    units = _newest_first(run.landing.units)
    # a new name tells without reading
    if any(unit.id not in contents for unit in units):
        return False
    say("looking for new files")
    with contents_of(units, contents) as found:
        return not any(is_new(unit, content_of(unit, found), contents) for unit in units)


def _newest_first(units: Sequence[Unit]) -> list[Unit]:
    """A changed file mostly changed last: the others need not be read to find it."""
    return sorted(units, key=lambda unit: _changed_at(unit.path), reverse=True)


def _changed_at(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
