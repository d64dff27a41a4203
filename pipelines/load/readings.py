"""How the files of each source are read, and what a home must do when that has changed."""

from collections.abc import Mapping

from pipelines.errors import UsageError
from pipelines.load.landing import Landing, Reading
from pipelines.load.state import LandingState
from pipelines.settings import PLAIN, Settings
from pipelines.wording import counted


def refuse_other_zones(state: LandingState, readings: Mapping[str, Reading]) -> None:
    """Raise UsageError for a source whose rows were read in another time zone."""
    for source, reading in readings.items():
        known = state.reading_of(source).timezone
        if known not in {None, reading.zone} and state.has_loaded(source):
            option = "source_timezone" if source == PLAIN else f"source {source}: timezone"
            raise UsageError(
                f"this home was loaded with {option}={known}; {option}={reading.zone} would read"
                " new rows differently; use it with a new home (--home)"
            )


def changed_sources(state: LandingState, landing: Landing) -> dict[str, str]:
    """The sources of which loaded rows would be read otherwise today, and what has changed."""
    changed = {}
    for source, reading in landing.readings.items():
        known = state.reading_of(source)
        if state.has_loaded(source) and known.id_prefix != reading.id_prefix:
            changed[source] = "the id_prefix"
        elif state.has_loaded(source) and known.id_hash != reading.id_hash:
            changed[source] = "hash_ids or the secret of the home"
    for unit in landing.units:
        mapping = landing.readings[unit.source].mapping
        if state.reading_of(unit.source).mappings.get(unit.file, mapping) != mapping:
            changed[unit.source] = "the mapping"
    return changed


def sources_left(state: LandingState, settings: Settings) -> list[str]:
    """Warnings of loaded sources that are none any more, and of those to drop that never were."""
    configured = {source.name for source in settings.sources}
    loaded = state.files_of_sources()
    kept = [
        f"{name} is no source any more: the rows of its {counted(loaded[name], 'file')} stay;"
        f" --drop-source {name} deletes them"
        for name in sorted(loaded.keys() - configured - {*settings.dropped_sources})
    ]
    return kept + [
        f"--drop-source {name}: nothing is loaded from it, but from {', '.join(sorted(loaded))}"
        for name in settings.dropped_sources
        if name not in loaded
    ]
