"""What a load would take in, without taking it in."""

from dataclasses import dataclass

from pipelines.database import connect
from pipelines.load.deliveries import content_of, contents_of, is_new, next_number
from pipelines.load.landing import Landing
from pipelines.load.readings import changed_sources, refuse_other_zones, sources_left
from pipelines.load.remapping import refuse_loss
from pipelines.load.source import landing_state, open_pipeline
from pipelines.load.state import LandingState
from pipelines.settings import Settings


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file whose content is new for its name; `delivery` 1 is a file not seen before."""

    feed: str
    label: str
    delivery: int


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """The files that a load would read, and what the user should know about the others.

    Earlier rows of the sources that `starts_over` names would go.
    """

    files: tuple[PlannedFile, ...]
    warnings: tuple[str, ...]
    starts_over: frozenset[str] = frozenset()


def plan(settings: Settings, landing: Landing) -> LoadPlan:
    """Compare the sources with what was loaded; raises UsageError as a load would."""
    state, starts_over = LandingState(), frozenset[str]()
    if settings.warehouse.exists():
        state, starts_over = _loaded(settings, landing)
    known = {file: seen for file, seen in state.contents.items() if file.source not in starts_over}
    files = []
    with contents_of(landing.units, known) as contents:
        for unit in landing.units:
            if is_new(unit, content_of(unit, contents), known):
                files.append(PlannedFile(unit.feed.name, unit.label, next_number(unit, known)))
    warnings = (*landing.warnings, *sources_left(state, settings))
    return LoadPlan(tuple(files), warnings, starts_over)


def _loaded(settings: Settings, landing: Landing) -> tuple[LandingState, frozenset[str]]:
    """What was loaded, and the sources of which it would go."""
    connection = connect(settings)
    try:
        state = landing_state(open_pipeline(settings, connection))
        refuse_other_zones(state, landing.readings)
        changed = changed_sources(state, landing)
        refuse_loss(landing, state.contents, changed, connection)
    finally:
        connection.close()
    dropped = {name for name in settings.dropped_sources if state.has_loaded(name)}
    return state, frozenset({*changed, *dropped})
