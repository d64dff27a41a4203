"""When the page is written: after what it shows has changed, or where it is missing."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from orchestration.console import say
from orchestration.home import lock as locking
from orchestration.home.last_run import last_run, published_state
from pipelines.files import atomic_write
from pipelines.settings import Settings

MADE_FROM = "dashboard.made_from"
FOLDER = Path(__file__).parent
LIBRARIES = ("altair", "vl-convert-python")


def refresh_dashboard(home: Path) -> bool:
    """Draw what is published in the home, unless the page shows just that; says whether it drew."""
    settings = last_run(home)
    made_from = _made_from(settings)
    mark = home / MADE_FROM
    is_known = mark.exists() and mark.read_text(encoding="utf-8") == made_from
    if is_known and settings.dashboard.exists():
        return False
    say("drawing the dashboard")
    write_dashboard(settings)
    atomic_write(mark, made_from)
    return True


def redraw_dashboard(home: Path) -> Path:
    """Draw the page anew, whatever it shows; raises UsageError if nothing is published."""
    settings = last_run(home)
    locking.hold(home)
    try:
        write_dashboard(settings)
        atomic_write(home / MADE_FROM, _made_from(settings))
    finally:
        locking.release(home)
    return settings.dashboard


def write_dashboard(settings: Settings) -> None:
    """Make the page from the published marts and put it in its place in one step."""
    # drawing is imported where something is drawn: most runs have nothing to draw
    from orchestration.dashboard.bundle import drawing_bundle
    from orchestration.dashboard.page import page
    from orchestration.dashboard.panels import PANELS
    from orchestration.dashboard.published import opened

    with opened(settings.marts, settings.as_of, settings.gate_results) as marts:
        panels = [panel(marts) for panel in PANELS]
    language, bundle = settings.variables.language, drawing_bundle(settings.scratch)
    atomic_write(settings.dashboard, page(panels, settings.as_of.isoformat(), language, bundle))


def _made_from(settings: Settings) -> str:
    """A hash of all that the page depends on: what is published, the libraries, this package."""
    digest = hashlib.sha256()
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        if "__pycache__" not in path.parts:
            digest.update(path.relative_to(FOLDER).as_posix().encode())
            digest.update(path.read_bytes())
    state = published_state(settings.home)
    digest.update(json.dumps(state, sort_keys=True).encode())
    digest.update(f"{settings.as_of} {settings.variables.language}".encode())
    return digest.hexdigest()
