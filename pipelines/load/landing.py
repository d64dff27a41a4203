"""Which files of which source feed which raw tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import duckdb

from pipelines.errors import AbsentError, UsageError
from pipelines.feeds import FEEDS, FEEDS_BY_NAME, Feed
from pipelines.limits import hold
from pipelines.load.content import fingerprint
from pipelines.load.folder import LINK, loadable_files
from pipelines.load.reading import ways_to_read
from pipelines.load.relation import Dialect, RawRelation
from pipelines.load.state import FileId
from pipelines.mappings.source import Source as MappedSource
from pipelines.mappings.source import find_source, open_source
from pipelines.personal.secret import fingerprint as secret_fingerprint
from pipelines.personal.secret import secret_of
from pipelines.settings import Settings, Source, of_source
from pipelines.wording import shown_name

NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Unit:
    """One file of a source as far as it feeds one raw table.

    `ways` gives the readings of the file with columns under the feed's names, the fastest first;
    `zone` is that of its instants without an offset, `id_prefix` stands before its ids, and those
    that are addresses are hashed with `id_salt` if there is one; `looks_up` are other files that
    its rows depend on. `name` differs from that of `path` where the file lies deeper in the landing
    folder; a mapping says by a `dialect` how it departs from the contract.
    """

    feed: Feed
    path: Path
    ways: Callable[[duckdb.DuckDBPyConnection], Iterator[RawRelation]]
    source: str
    zone: str
    id_prefix: str = ""
    looks_up: tuple[Path, ...] = ()
    name: str | None = None
    dialect: Dialect | None = None
    id_salt: str = ""

    @property
    def file(self) -> str:
        return self.name or self.path.name

    @property
    def id(self) -> FileId:
        return FileId(self.feed.name, self.source, self.file)

    @property
    def label(self) -> str:
        return of_source(self.source, f"{self.feed.name}/{shown_name(self.file)}")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source is read: zone of instants without an offset, prefix of ids, mapping's hash.

    `id_hash` tells secrets apart that ids are hashed with, blank if they are not.
    """

    zone: str
    id_prefix: str = ""
    mapping: str | None = None
    id_hash: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """All units of a run, and what the user should know.

    `readings` has each source that is not left out.
    """

    units: tuple[Unit, ...]
    warnings: tuple[str, ...] = ()
    readings: Mapping[str, Reading] = field(default_factory=dict)


def discover(settings: Settings) -> Landing:
    """The units of a run, source by source.

    Of several sources one whose files are not there is left out, with a warning. Raises UsageError
    for a folder or a mapping that cannot be used, and where there is no file at all if the home has
    no warehouse yet.
    """
    units: list[Unit] = []
    warnings: list[str] = []
    readings: dict[str, Reading] = {}
    absent: list[str] = []
    others = _Others(settings.sources)
    hold(settings.limits)
    for source in settings.sources:
        zone = source.timezone or settings.variables.source_timezone
        try:
            found = _files_of(source, zone, others)
        except AbsentError as error:
            absent.append(of_source(source.name, str(error)))
            continue
        except UsageError as error:
            raise UsageError(of_source(source.name, str(error))) from None
        if source.hash_ids:
            found = _with_hashed_ids(found, secret_of(settings.home))
        units += found.units
        warnings += [of_source(source.name, warning) for warning in found.warnings]
        readings |= found.readings
    if not readings:
        raise UsageError("\n".join(absent))
    if not units and not settings.warehouse.exists():
        raise nothing_to_load(settings)
    left_out = (f"{fault}; this run goes on without the source" for fault in absent)
    return Landing(tuple(units), (*left_out, *warnings), readings)


def _with_hashed_ids(found: Landing, secret: str) -> Landing:
    return Landing(
        tuple(replace(unit, id_salt=secret) for unit in found.units),
        found.warnings,
        {
            source: replace(reading, id_hash=secret_fingerprint(secret))
            for source, reading in found.readings.items()
        },
    )


def nothing_to_load(settings: Settings) -> UsageError:
    """The error for landing folders without a file, where nothing was loaded before."""
    folders = ", ".join(str(source.landing) for source in settings.sources)
    return UsageError(f"landing folder {folders} has no file to load")


class _Others:
    """The mapped sources of a run, for those that look up in them; each is found once."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.is_alone = len(sources) == 1
        self._sources = {source.name: source for source in sources}
        self._found: dict[str, MappedSource] = {}

    def __call__(self, name: str) -> MappedSource:
        """A source by its name; raises UsageError if there is none, AbsentError without files."""
        source = self._sources.get(name)
        if not source:
            raise UsageError(
                f"no source {name} to look up in; there are {', '.join(self._sources)}"
            )
        if not source.mapping:
            raise UsageError(
                f"source {name} has no mapping, so that nothing can be looked up in it"
            )
        _refuse_absent_folder(source)
        if name not in self._found:
            self._found[name] = find_source(
                source.mapping,
                source.landing,
                may_lack_files=True,
                allow_links=source.allow_links,
            )
        return self._found[name]


def _refuse_absent_folder(source: Source) -> None:
    if not source.landing.exists():
        raise AbsentError(f"landing folder {source.landing} does not exist")
    if not source.landing.is_dir():
        raise UsageError(f"--landing {source.landing} is a file; give the folder that holds it")


def _files_of(source: Source, zone: str, others: _Others) -> Landing:
    """The files of one source; raises AbsentError where they are not there."""
    is_alone = others.is_alone
    _refuse_absent_folder(source)
    if source.mapping:
        landing = _mapped(source, source.mapping, zone, others)
    else:
        landing = _feed_folders(source, zone, is_alone=is_alone)
    if not landing.units and not is_alone:
        raise AbsentError(f"landing folder {source.landing} has no file to load")
    return landing


def _feed_folders(source: Source, zone: str, *, is_alone: bool) -> Landing:
    """One folder per feed, flat; of several sources each may have some of the feeds."""
    root = source.landing
    linked = [
        feed.name for feed in FEEDS if (root / feed.name).is_symlink() and not source.allow_links
    ]
    missing = [
        feed.name for feed in FEEDS if feed.name in linked or not (root / feed.name).is_dir()
    ]
    if len(missing) == len(FEEDS):
        fault = f"landing folder {root} has none of the folders {', '.join(missing)}"
        raise AbsentError("; ".join([fault, *(f"{name}: {LINK}" for name in linked)]))
    warnings = [f"{name}: {LINK}" for name in linked]
    warnings += [
        f"landing folder has no folder {feed.name}"
        for feed in FEEDS
        if is_alone and feed.name in missing and not (feed.is_optional or feed.name in linked)
    ]
    strange = sorted(path.name for path in root.iterdir() if path.name not in FEEDS_BY_NAME)
    if strange:
        warnings.append(f"not a feed, skipped: {listed(strange)}")
    units = []
    for feed in FEEDS:
        if feed.name not in missing:
            paths, skipped = loadable_files(root / feed.name, allow_links=source.allow_links)
            units += [
                Unit(
                    feed,
                    path,
                    partial(ways_to_read, path=path),
                    source.name,
                    zone,
                    source.id_prefix,
                )
                for path in paths
            ]
            warnings += [f"{feed.name}: {reason}: {listed(names)}" for reason, names in skipped]
    return Landing(tuple(units), tuple(warnings), {source.name: Reading(zone, source.id_prefix)})


def _mapped(source: Source, name: str, zone: str, others: _Others) -> Landing:
    """The files of one folder, as a mapping turns them into feeds."""
    mapped = open_source(
        name,
        source.landing,
        others,
        may_lack_files=not others.is_alone,
        allow_links=source.allow_links,
    )
    units = [
        Unit(
            feed,
            file.path,
            partial(mapped.ways, feed=feed, file=file),
            source.name,
            file.kind.timezone or zone,
            source.id_prefix,
            mapped.looks_up(file),
            file.name,
            file.dialect,
        )
        for feed in FEEDS
        for file in mapped.files
        if feed in mapped.feeds(file)
    ]
    # a damaged archive may be of several kinds that feed the same
    units = list({unit.id: unit for unit in units}.values())
    skipped = (f"{reason}: {listed(names)}" for reason, names in mapped.skipped)
    reading = Reading(zone, source.id_prefix, fingerprint(mapped.mapping.path))
    return Landing(tuple(units), (*mapped.notices, *skipped), {source.name: reading})


def listed(names: list[str]) -> str:
    """The first few names and how many there are besides."""
    more = len(names) - NAMES_SHOWN
    shown = [shown_name(name) for name in names[:NAMES_SHOWN]]
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
