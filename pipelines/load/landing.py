"""Which files of a landing folder feed which raw tables."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from pipelines.errors import UsageError
from pipelines.feeds import FEEDS, FEEDS_BY_NAME, Feed
from pipelines.load.content import fingerprint
from pipelines.load.folder import loadable_files
from pipelines.load.reading import ways_to_read
from pipelines.load.relation import Dialect, RawRelation
from pipelines.mappings.source import open_source
from pipelines.settings import Settings

NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Unit:
    """One file as far as it feeds one raw table.

    `ways` gives the readings of the file with columns under the feed's names, the fastest first;
    `zone` is that of its instants without an offset, if it has one of its own; `looks_up` are
    other files that its rows depend on. `name` differs from that of `path` where the file lies
    deeper in the landing folder; a mapping says by a `dialect` how it departs from the contract.
    """

    feed: Feed
    path: Path
    ways: Callable[[duckdb.DuckDBPyConnection], Iterator[RawRelation]]
    zone: str | None = None
    looks_up: tuple[Path, ...] = ()
    name: str | None = None
    dialect: Dialect | None = None

    @property
    def file(self) -> str:
        return self.name or self.path.name

    @property
    def label(self) -> str:
        return f"{self.feed.name}/{self.file}"


@dataclass(frozen=True, slots=True)
class Landing:
    """All units of a run in the order of the contract, and what the user should know.

    `mapping` is the hash of the mapping file that they are read with, if there is one.
    """

    units: tuple[Unit, ...]
    warnings: tuple[str, ...] = ()
    mapping: str | None = None


def discover(settings: Settings) -> Landing:
    """The units of a run.

    Raises UsageError for a folder or a mapping that cannot be used, and for a folder without a file
    if the home has no warehouse yet.
    """
    if len(settings.sources) > 1:
        raise UsageError("several sources in one home are not loaded; give each its own --home")
    (source,) = settings.sources
    if not source.landing.exists():
        raise UsageError(f"landing folder {source.landing} does not exist")
    if not source.landing.is_dir():
        raise UsageError(f"--landing {source.landing} is a file; give the folder that holds it")
    landing = (
        _mapped(source.landing, source.mapping) if source.mapping else _feed_folders(source.landing)
    )
    if not landing.units and not settings.warehouse.exists():
        raise nothing_to_load(settings)
    return landing


def nothing_to_load(settings: Settings) -> UsageError:
    """The error for a landing folder without a file, where nothing was loaded before."""
    folders = ", ".join(str(source.landing) for source in settings.sources)
    return UsageError(f"landing folder {folders} has no file to load")


def _feed_folders(root: Path) -> Landing:
    """One folder per feed, flat."""
    missing = [feed.name for feed in FEEDS if not (root / feed.name).is_dir()]
    if len(missing) == len(FEEDS):
        raise UsageError(f"landing folder {root} has none of the folders {', '.join(missing)}")
    warnings = [
        f"landing folder has no folder {feed.name}"
        for feed in FEEDS
        if feed.name in missing and not feed.is_optional
    ]
    strange = sorted(path.name for path in root.iterdir() if path.name not in FEEDS_BY_NAME)
    if strange:
        warnings.append(f"not a feed, skipped: {listed(strange)}")
    units = []
    for feed in FEEDS:
        if feed.name not in missing:
            paths, skipped = loadable_files(root / feed.name)
            units += [Unit(feed, path, partial(ways_to_read, path=path)) for path in paths]
            warnings += [f"{feed.name}: {reason}: {listed(names)}" for reason, names in skipped]
    return Landing(tuple(units), tuple(warnings))


def _mapped(folder: Path, mapping: str) -> Landing:
    """The files of one folder, as a mapping turns them into feeds."""
    source = open_source(mapping, folder)
    units = [
        Unit(
            feed,
            file.path,
            partial(source.ways, feed=feed, file=file),
            file.kind.timezone,
            source.looks_up(file),
            file.name,
            file.dialect,
        )
        for feed in FEEDS
        for file in source.files
        if feed in source.feeds(file)
    ]
    # a damaged archive may be of several kinds that feed the same
    units = list({(unit.feed.name, unit.file): unit for unit in units}.values())
    warnings = [f"{reason}: {listed(names)}" for reason, names in source.skipped]
    return Landing(tuple(units), tuple(warnings), fingerprint(source.mapping.path))


def listed(names: list[str]) -> str:
    """The first few names and how many there are besides."""
    more = len(names) - NAMES_SHOWN
    shown = [os.fsencode(name).decode(errors="backslashreplace") for name in names[:NAMES_SHOWN]]
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
