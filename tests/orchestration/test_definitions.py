"""One graph from raw file to published mart, with gates that block and one daily schedule."""

from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from orchestration.build.project import parsed_project
from orchestration.job.definitions import definitions
from pipelines.feeds import FEEDS
from pipelines.settings import PROJECT

pytestmark = pytest.mark.xdist_group("definitions")


@pytest.fixture(scope="module")
def graph(parsed: Path) -> dg.Definitions:
    return definitions(parsed_project(parsed))


def _ancestors(graph: dg.Definitions, key: dg.AssetKey) -> set[dg.AssetKey]:
    return graph.resolve_asset_graph().get_ancestor_asset_keys(key)


def test_every_raw_feed_reaches_the_published_file(graph: dg.Definitions) -> None:
    ancestors = _ancestors(graph, dg.AssetKey(["published", "marts"]))
    assert {dg.AssetKey(["raw", feed.name]) for feed in FEEDS} <= ancestors
    assert dg.AssetKey(["marts", "ignore_rate"]) in ancestors


def test_a_home_whose_rules_a_killed_run_staged_in_part(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "holidays.csv").write_text("date,name\n", encoding="utf-8")
    models = parsed_project(tmp_path).manifest()["nodes"]
    assert "seed.lead_funnel.kpi_tree" in models


def test_the_dashboard_is_drawn_from_the_published_file(graph: dg.Definitions) -> None:
    drawn = dg.AssetKey(["published", "dashboard"])
    parents = graph.resolve_asset_graph().get(drawn).parent_keys
    assert parents == {dg.AssetKey(["published", "marts"])}


def test_rules_are_checked_before_anything_is_loaded_or_seeded(graph: dg.Definitions) -> None:
    checked = dg.AssetKey(["rules", "checked"])
    for key in (dg.AssetKey(["raw", "leads"]), dg.AssetKey(["rules", "scoring_rules"])):
        assert checked in _ancestors(graph, key)


def test_gates_block_what_follows(graph: dg.Definitions) -> None:
    specs = [spec for checks in graph.asset_checks or () for spec in checks.check_specs]
    gates = {spec.asset_key.path[-1] for spec in specs if spec.blocking}
    assert {feed.name for feed in FEEDS} <= gates
    assert {"fct_handoffs", "ignore_rate", "ignore_rate_monthly"} <= gates


def test_dbt_tests_are_checks_of_their_models(graph: dg.Definitions) -> None:
    keys = {key.name for key in graph.resolve_asset_graph().asset_check_keys}
    assert "links_stay_within_one_person" in keys


def test_metrics_are_no_steps_of_the_job(graph: dg.Definitions) -> None:
    names = {key.path[-1] for key in graph.resolve_asset_graph().get_all_asset_keys()}
    assert "fct_handoffs" in names
    assert not {"sal_rate", "mature_handoffs", "handoffs"} & names


def test_the_day_that_has_ended_in_tokyo_is_reported_early_in_the_morning(
    graph: dg.Definitions,
) -> None:
    schedule = graph.resolve_schedule_def("daily_refresh")
    assert schedule.execution_timezone == "Asia/Tokyo"
    # half past five in Tokyo
    now = datetime(2026, 9, 30, 20, 30, tzinfo=UTC)
    context = dg.build_schedule_context(scheduled_execution_time=now)
    (request,) = schedule.evaluate_tick(context).run_requests
    as_of = request.run_config["resources"]["funnel"]["config"]["as_of"]
    assert date.fromisoformat(as_of) == date(2026, 9, 30)


def test_telemetry_is_off() -> None:
    settings = (PROJECT / "orchestration" / "job" / "dagster.yaml").read_text(encoding="utf-8")
    assert "telemetry:\n  enabled: false" in settings
