"""A build that needs more memory than it is given goes on from disk."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_invocation import dbt_build
from orchestration.manifest import parsed_project
from pipelines.load.run import load_landing
from pipelines.rules import stage_rules
from pipelines.settings import SHIPPED_RULES, Settings
from pipelines.simulate import simulate

LAST_DAY = date(2026, 6, 30)
# less than the greatest models of this company need, more than any operator does
LIMIT = "60MB"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    company, home = tmp_path / "company", tmp_path / "home"
    simulate(leads=500, days=400, seed=5, out=company, last_day=LAST_DAY, web_events=60_000)
    home.mkdir()
    found = Settings(home=home, landing=company / "landing", as_of=LAST_DAY)
    load_landing(found, lambda _: None)
    stage_rules(SHIPPED_RULES, home / "rules")
    return found


def test_models_spill_to_the_home_and_end(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNNEL_MEMORY_LIMIT", LIMIT)
    invocation = dbt_build(
        settings, parsed_project(settings.home), excluded_types=("unit_test", "test")
    )
    invocation.raise_for_failures()
    assert invocation.is_complete()
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        ((touchpoints,),) = warehouse.execute(
            "select count(*) from marts.fct_touchpoints"
        ).fetchall()
    assert touchpoints > 1000
