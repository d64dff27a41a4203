"""What is allowed but seldom meant is said, and done."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.settings import Settings
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
    published = Settings(home=home, landing=tmp_path / "company", as_of=date(2025, 6, 30))
    publish_as_is(published)
    return published


def planned(funnel: Funnel, settings: Settings, *options: object) -> Outcome:
    places = ["--home", settings.home, "--landing", settings.landing]
    return funnel("refresh", "--dry-run", *places, *options)


def test_another_landing_folder_is_noticed(funnel: Funnel, settings: Settings) -> None:
    outcome = planned(funnel, settings.replace(landing=settings.landing.parent / "other"))
    assert outcome.status == 0, outcome.err
    assert (
        f"warning: {settings.home} was filled from {settings.landing}; the rows of" in outcome.err
    )


def test_the_same_landing_folder_by_another_name_is_not(funnel: Funnel, settings: Settings) -> None:
    link = settings.landing.parent / "link"
    link.symlink_to(settings.landing)
    outcome = planned(funnel, settings.replace(landing=link))
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
