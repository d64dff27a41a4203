"""`funnel refresh --watch`: a refresh in this process after each change of what it reads."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from threading import Thread

from orchestration.build.root import FILE as PROJECT_FILE
from orchestration.build.root import RootProject
from orchestration.company.reading import find_company
from orchestration.console import echo, say
from orchestration.home import lock
from pipelines.errors import FunnelError, InterruptError, UsageError
from pipelines.load.folder import UNFINISHED
from pipelines.settings import DBT_PROJECT, Settings, Source

PAUSE_SECONDS = 0.25
NAMES_SHOWN = 5
# what a run imports where it comes to it: ready before it is needed
NEEDED_LATER = (
    "orchestration.job.execution",
    "orchestration.build.invocation",
    "pipelines.load.run",
    "expectations.gate",
    "orchestration.dashboard.panels",
)

# size and time of the last change (ns)
Saved = Mapping[Path, tuple[int, int]]


def watch(settings: Callable[[], Settings], refresh: Callable[[Settings], None]) -> None:
    """Refresh, and again after each change, until Ctrl-C; `settings` gives those of the next run.

    What a run refuses is told, and the next change awaited. A full rebuild is not repeated, nor
    are sources dropped twice.
    """
    chosen = settings()
    while True:
        # as the files were when the run began: what is saved meanwhile is for the next one
        before, began = saved_files(chosen), time.monotonic()
        _refresh_or_tell(chosen, refresh)
        took = time.monotonic() - began
        say(f"this took {took:.1f} s; watching files, rules and models, until Ctrl-C")
        Thread(target=_import_ahead, daemon=True).start()
        try:
            changed = _wait_for_changes(before, chosen)
        except KeyboardInterrupt:
            raise InterruptError("watching has ended; what was published stays") from None
        say(f"changed: {_listed(changed)}")
        chosen = _settings_or_tell(settings, chosen).replace(full=False, dropped_sources=())


def saved_files(settings: Settings) -> Saved:
    """The files that a run reads, as far as somebody may change them."""
    return states_of(_watched(settings))


def states_of(paths: Iterable[Path]) -> Saved:
    """Size and time of the last change of each file that is there."""
    found = {}
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            # not there, or removed since it was listed
            continue
        found[path] = (status.st_size, status.st_mtime_ns)
    return found


def landed_files(sources: Iterable[Source]) -> Iterator[Path]:
    """The files that sources have delivered, those left out that say that they are unfinished."""
    for source in sources:
        for path in source.landing.rglob("*.*"):
            if not path.name.startswith(".") and not path.name.endswith(UNFINISHED):
                yield path


def _watched(settings: Settings) -> Iterator[Path]:
    yield from landed_files(settings.sources)
    for source in settings.sources:
        if source.mapping:
            yield Path(source.mapping)
    yield from settings.rules.glob("*.csv")
    if company := find_company():
        yield company
    for project in {settings.project, DBT_PROJECT}:
        try:
            yield from RootProject(project).files()
        except UsageError:
            # the run says what is wrong with it
            yield project / PROJECT_FILE


def _wait_for_changes(before: Saved, settings: Settings) -> list[Path]:
    """The files that differ, once none of them changes any more: editors write in several steps."""
    last = before
    while True:
        time.sleep(PAUSE_SECONDS)
        now = saved_files(settings)
        if now == last != before:
            return sorted(path for path in {**before, **now} if before.get(path) != now.get(path))
        last = now


def _settings_or_tell(settings: Callable[[], Settings], before: Settings) -> Settings:
    """Those of the next run, once `funnel.toml` can be read."""
    while True:
        saved = saved_files(before)
        try:
            return settings()
        except UsageError as fault:
            echo(f"funnel: {fault}", err=True)
            _wait_for_changes(saved, before)


def _refresh_or_tell(settings: Settings, refresh: Callable[[Settings], None]) -> None:
    try:
        refresh(settings)
    except InterruptError:
        raise
    except FunnelError as fault:
        echo(f"funnel: {fault}", err=True)
    finally:
        # a run that was refused early has not given it back
        lock.release(settings.home)


def _import_ahead() -> None:
    for module in NEEDED_LATER:
        import_module(module)


def _listed(paths: list[Path]) -> str:
    more = len(paths) - NAMES_SHOWN
    names = ", ".join(path.name for path in paths[:NAMES_SHOWN])
    return f"{names} and {more} more" if more > 0 else names
