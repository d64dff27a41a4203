"""When the page is written: after what it shows has changed, or where it is missing."""

from importlib.metadata import version
from pathlib import Path

from orchestration.build.inputs import digest, digest_of_files
from orchestration.console import say
from orchestration.dashboard.own_panel import OwnPanel
from orchestration.home import lock
from orchestration.home.access import share_published
from orchestration.home.kept import are_kept, digests_of, tell_damage
from orchestration.home.records import published_run, read_records, update_records
from pipelines.files import atomic_write
from pipelines.settings import Settings

FOLDER = Path(__file__).parent
LIBRARIES = ("altair", "jinja2", "vl-convert-python")


def refresh_dashboard(home: Path) -> bool:
    """Draw what is published in the home, unless the page shows just that; says whether it drew."""
    settings, records = _shown(home), read_records(home)
    page = [settings.dashboard.name]
    if records.dashboard == _digest(settings) and are_kept(home, records, page):
        return False
    tell_damage(home, records, page)
    say("drawing the dashboard")
    _draw(settings)
    return True


def redraw_dashboard(home: Path) -> Path:
    """Draw the page again, whatever it shows; raises UsageError if nothing is published."""
    settings = _shown(home)
    lock.hold(home)
    try:
        _draw(settings)
    finally:
        lock.release(home)
    return settings.dashboard


def _shown(home: Path) -> Settings:
    """Those of what is published, with the company's name and the readers of the last run."""
    settings, run = published_run(home), read_records(home).run
    if run is None:
        return settings
    last = run.settings(home)
    return settings.replace(company=last.company, readers=last.readers)


def _draw(settings: Settings) -> None:
    write_dashboard(settings)
    home = settings.home
    page = digests_of(home, [settings.dashboard.name])
    update_records(home, page, dashboard=_digest(settings))


def write_dashboard(settings: Settings) -> None:
    """Make the page from the published marts and put it in its place in one step."""
    # drawing is imported where something is drawn: most runs have nothing to draw
    from orchestration.dashboard.bundle import drawing_bundle
    from orchestration.dashboard.page import page
    from orchestration.dashboard.panels import PANELS
    from orchestration.dashboard.panels.own import own
    from orchestration.dashboard.published import Marts
    from orchestration.published.reading import open_published

    with open_published(settings.home) as connection:
        marts = Marts(connection, settings)
        panels = [panel(marts) for panel in PANELS]
        panels += [own(marts, mart, panel) for mart, panel in _own_panels(settings).items()]
    language, bundle = settings.variables.language, drawing_bundle(settings.home)
    made = page(panels, settings.as_of.isoformat(), language, bundle, settings.company)
    atomic_write(settings.dashboard, made)
    share_published(settings)


def _own_panels(settings: Settings) -> dict[str, OwnPanel]:
    publication = read_records(settings.home).publication
    return publication.panels if publication else {}


def _digest(settings: Settings) -> str:
    """A digest of all that the page depends on: what is published, the libraries, this package."""
    publication = read_records(settings.home).publication
    assert publication is not None
    files = sorted(path for path in FOLDER.rglob("*") if path.suffix not in {".pyc", ""})
    return digest(
        *(f"{library} {version(library)}" for library in LIBRARIES),
        digest_of_files(files, FOLDER),
        publication.inputs.model_dump_json(),
        publication.build_id,
        settings.company,
    )
