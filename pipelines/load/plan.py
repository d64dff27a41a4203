"""What a load would take in, without taking it in."""

from dataclasses import dataclass

from pipelines.database import connect
from pipelines.load.deliveries import Known, content_of, contents_of, is_new, next_number
from pipelines.load.landing import Landing
from pipelines.load.remapping import refuse_loss, remapped_files
from pipelines.load.source import known_contents, known_mappings, open_pipeline
from pipelines.settings import Settings


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file whose content is new for its name; `delivery` 1 is a file not seen before."""

    feed: str
    file: str
    delivery: int


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """The files that a load would read, and what the user should know about the others."""

    files: tuple[PlannedFile, ...]
    warnings: tuple[str, ...]


def plan(settings: Settings, landing: Landing) -> LoadPlan:
    """Compare the landing folder with what was loaded; raises UsageError as a load would."""
    known = _known(settings, landing)
    files = []
    with contents_of(landing.units, known) as contents:
        for unit in landing.units:
            if is_new(unit, content_of(unit, contents), known):
                files.append(PlannedFile(unit.feed.name, unit.file, next_number(unit, known)))
    return LoadPlan(tuple(files), landing.warnings)


def _known(settings: Settings, landing: Landing) -> Known:
    if not settings.warehouse.exists():
        return {}
    connection = connect(settings)
    try:
        pipeline = open_pipeline(settings, connection)
        known = known_contents(pipeline)
        if remapped_files(landing, known_mappings(pipeline)):
            refuse_loss(landing, known, connection)
            return {}
        return known
    finally:
        connection.close()
