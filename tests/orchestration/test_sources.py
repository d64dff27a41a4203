"""A whole run over two sources publishes what the same files publish as one."""

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.home.records import read_records
from orchestration.job.context import RunContext
from orchestration.job.dry_run import dry_run
from orchestration.job.nothing_new import nothing_new
from orchestration.job.run import refresh
from orchestration.job.watching import saved_files
from orchestration.reports.summary import summary
from pipelines.settings import Settings, Source
from tests.orchestration.conftest import LAST_DAY
from tests.orchestration.test_refresh import content

pytestmark = pytest.mark.xdist_group("refresh")

WEB = ("web_events", "mail_events")


@pytest.fixture(scope="module")
def settings(company: Path, parsed: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Those of a run that has published the company as it is delivered by two systems."""
    folder = tmp_path_factory.mktemp("sources")
    for feed in (company / "landing").iterdir():
        shutil.copytree(feed, folder / ("web" if feed.name in WEB else "crm") / feed.name)
    # the greater name first, as nobody's order
    sources = tuple(Source(name=name, landing=folder / name) for name in ("web", "crm"))
    home = shutil.copytree(parsed, folder / "home")
    settings = Settings(home=home, sources=sources, as_of=LAST_DAY)
    refresh(RunContext(settings))
    return settings


def test_the_marts_are_those_of_one_landing_folder(settings: Settings, home: Path) -> None:
    published, expected = content(settings.marts), content(home / "marts.duckdb")
    assert published.pop("load_audit") != expected.pop("load_audit")
    assert published == expected
    rows = "select * exclude (source, loaded_at) from load_audit order by all"
    with (
        duckdb.connect(str(settings.marts), read_only=True) as marts,
        duckdb.connect(str(home / "marts.duckdb"), read_only=True) as one,
    ):
        assert marts.execute(rows).fetchall() == one.execute(rows).fetchall()
        found = marts.execute("select source, feed from load_audit group by all order by all")
        assert found.fetchall() == [
            ("crm", "costs"),
            ("crm", "enrollments"),
            ("crm", "leads"),
            ("crm", "offline_events"),
            ("crm", "sales_dispositions"),
            ("web", "mail_events"),
            ("web", "web_events"),
        ]
    said = summary(settings, None)
    assert "crm: leads" in said
    assert "web: web_events" in said
    assert "Feeds of each source" in settings.dashboard.read_text(encoding="utf-8")


def test_a_run_looks_at_all_sources(settings: Settings) -> None:
    def is_nothing_new() -> bool:
        return nothing_new(RunContext(settings), read_records(settings.home)) is not None

    web, crm = (source.landing for source in settings.sources)
    assert {path.parent.parent for path in saved_files(settings)} >= {web, crm}
    for landing, feed in ((web, "web_events"), (crm, "leads")):
        assert is_nothing_new()
        late = landing / feed / "late.csv"
        late.write_text("event_id,occurred_at,anonymous_id,event_type\n")
        assert not is_nothing_new()
        late.unlink()
    # a source that is not there today has nothing new
    crm.rename(crm.with_name("away"))
    assert is_nothing_new()
    crm.with_name("away").rename(crm)


def test_a_source_read_otherwise_has_the_models_rebuilt(settings: Settings) -> None:
    web, crm = settings.sources
    changed = settings.replace(sources=(web, crm.model_copy(update={"id_prefix": "crm:"})))
    told = dry_run(RunContext(changed))
    assert "  crm: leads/" in told
    assert "web: " not in told
    assert "earlier rows of source crm go" in told
    assert "full rebuild: earlier rows of" in told
