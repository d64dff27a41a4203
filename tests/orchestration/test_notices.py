"""What is allowed but seldom meant is said, and done."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.settings import Settings, Source
from pipelines.variables import Variables
from tests.dashboard.marts import publish_as_is
from tests.orchestration.conftest import Outcome

Funnel = Callable[..., Outcome]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a run that has just published."""
    for name in ("company", "other"):
        (tmp_path / name / "leads").mkdir(parents=True)
        (tmp_path / name / "leads" / "leads.csv").write_text("lead_id,created_at\n")
    home = tmp_path / "home"
    home.mkdir()
    published = Settings(
        home=home, sources=(Source(landing=tmp_path / "company"),), as_of=date(2025, 6, 30)
    )
    publish_as_is(published)
    return published


def folder_of(settings: Settings) -> Path:
    (source,) = settings.sources
    return source.landing


def with_folder(settings: Settings, folder: Path) -> Settings:
    return settings.replace(sources=(Source(landing=folder),))


def planned(funnel: Funnel, settings: Settings, *options: object) -> Outcome:
    places = ["--home", settings.home, "--landing", folder_of(settings)]
    return funnel("refresh", "--dry-run", *places, *options)


def test_another_landing_folder_is_noticed(funnel: Funnel, settings: Settings) -> None:
    outcome = planned(funnel, with_folder(settings, folder_of(settings).parent / "other"))
    assert outcome.status == 0, outcome.err
    assert (
        f"warning: {settings.home} was filled from {folder_of(settings)}; the rows of"
        in outcome.err
    )


def test_the_same_landing_folder_by_another_name_is_not(funnel: Funnel, settings: Settings) -> None:
    link = folder_of(settings).parent / "link"
    link.symlink_to(folder_of(settings))
    outcome = planned(funnel, with_folder(settings, link))
    assert outcome.status == 0, outcome.err
    assert "was filled from" not in outcome.err


def test_a_home_without_a_publication_has_no_other_landing(
    funnel: Funnel, settings: Settings, tmp_path: Path
) -> None:
    outcome = planned(funnel, settings.replace(home=tmp_path / "fresh"))
    assert outcome.status == 0, outcome.err
    assert "was filled from" not in outcome.err


def test_a_day_that_is_not_over_is_noticed(funnel: Funnel, settings: Settings) -> None:
    today = Variables().yesterday() + timedelta(days=1)
    outcome = planned(funnel, settings, "--as-of", today)
    assert outcome.status == 0, outcome.err
    assert f"warning: --as-of {today} is not over yet" in outcome.err
    over = planned(funnel, settings, "--as-of", today - timedelta(days=1))
    assert "is not over yet" not in over.err
