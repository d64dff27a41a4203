"""When the page is written: after what it shows has changed, or where it is missing."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from orchestration.dashboard.texts import LANGUAGES, Language
from orchestration.last_run import last_run, published_state
from pipelines.settings import Settings

FILE = "dashboard.html"
MADE_FROM = "dashboard.made_from"
FOLDER = Path(__file__).parent
LIBRARIES = ("altair", "vl-convert-python")


def refresh_dashboard(home: Path) -> Path | None:
    """Write the page of what is published in the home; None if it already shows just that."""
    settings = last_run(home)
    made_from = _made_from(settings)
    mark = home / MADE_FROM
    is_known = mark.exists() and mark.read_text(encoding="utf-8") == made_from
    if is_known and (home / FILE).exists():
        return None
    path = write_dashboard(settings)
    _replace(mark, made_from)
    return path


def write_dashboard(settings: Settings) -> Path:
    """Make the page from the published marts and put it in its place in one step."""
    # drawing is imported where something is drawn: most runs have nothing to draw
    from orchestration.dashboard.page import page
    from orchestration.dashboard.panels import PANELS
    from orchestration.dashboard.published import opened

    with opened(settings.marts, settings.as_of, settings.gate_results) as marts:
        panels = [panel(marts) for panel in PANELS]
    target = settings.home / FILE
    _replace(target, page(panels, settings.as_of.isoformat(), language_of(settings)))
    return target


def language_of(settings: Settings) -> Language:
    """The language in which the page opens."""
    wanted = getattr(settings.variables, "language", LANGUAGES[0])
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def _made_from(settings: Settings) -> str:
    digest = hashlib.sha256()
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        if "__pycache__" not in path.parts:
            digest.update(path.relative_to(FOLDER).as_posix().encode())
            digest.update(path.read_bytes())
    state = published_state(settings.home)
    digest.update(json.dumps(state, sort_keys=True).encode())
    digest.update(f"{settings.as_of} {language_of(settings)}".encode())
    return digest.hexdigest()


def _replace(target: Path, text: str) -> None:
    fresh = target.with_name(f"{target.name}.next")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target)
