"""Registering in Superset: what is sent, and that it may be sent again."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.published.superset.__main__ import main
from orchestration.published.superset.content import CHARTS, DATASETS
from orchestration.published.superset.register import SLUG
from pipelines.settings import DBT_PROJECT
from tests.readers.fake_superset import PASSWORD, FakeSuperset, fake_superset


@pytest.fixture
def superset(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSuperset]:
    monkeypatch.setenv("SUPERSET_PASSWORD", PASSWORD)
    with fake_superset() as fake:
        yield fake


def _register(superset: FakeSuperset, home: Path) -> int:
    return main(["--url", superset.url, "--marts", str(home / "marts.duckdb")])


def test_everything_is_registered(
    superset: FakeSuperset, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _register(superset, home) == 0
    assert capsys.readouterr().out.strip() == f"{superset.url}/superset/dashboard/{SLUG}/"
    (database,) = superset.objects["database"].values()
    assert database["sqlalchemy_uri"] == f"duckdb:///{home}/marts.duckdb"
    assert json.loads(database["extra"]) == {"engine_params": {"connect_args": {"read_only": True}}}
    assert not database["allow_dml"]
    datasets = superset.objects["dataset"]
    assert [item["table_name"] for item in datasets.values()] == [d.table for d in DATASETS]
    charts = superset.objects["chart"]
    for chart in charts.values():
        params = json.loads(chart["params"])
        assert params["datasource"] == f"{chart['datasource_id']}__table"
        assert params["viz_type"] == chart["viz_type"]
        assert chart["dashboards"] == [{"id": 1}]
    (dashboard,) = superset.objects["dashboard"].values()
    tree = json.loads(dashboard["position_json"])
    placed = [node["meta"]["chartId"] for node in tree.values() if _is(node, "CHART")]
    assert sorted(placed) == sorted(charts)
    for key, node in tree.items():
        if _is(node, "ROW") or _is(node, "GRID"):
            assert all(child in tree for child in node["children"]), key
        if _is(node, "ROW"):
            assert sum(tree[child]["meta"]["width"] for child in node["children"]) == 12


def _is(node: object, kind: str) -> bool:
    return isinstance(node, dict) and node["type"] == kind


def test_a_second_time_changes_and_makes_nothing_new(superset: FakeSuperset, home: Path) -> None:
    assert _register(superset, home) == 0
    first = json.dumps(superset.objects, sort_keys=True)
    superset.requests.clear()
    assert _register(superset, home) == 0
    assert json.dumps(superset.objects, sort_keys=True) == first
    assert {method for method, _ in superset.requests} == {"PUT"}
    assert ("PUT", "dataset/1/refresh") in superset.requests


def test_what_users_added_stays(superset: FakeSuperset, home: Path) -> None:
    assert _register(superset, home) == 0
    own = {"id": 7, "metric_name": "own", "expression": "count(*)"}
    superset.objects["dataset"][1]["metrics"].append(own)
    superset.objects["chart"][1]["dashboards"].append({"id": 9})
    assert _register(superset, home) == 0
    assert own in superset.objects["dataset"][1]["metrics"]
    assert superset.objects["chart"][1]["dashboards"] == [{"id": 1}, {"id": 9}]


def test_two_of_a_kind_are_not_guessed_at(
    superset: FakeSuperset, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _register(superset, home) == 0
    superset.objects["database"][2] = dict(superset.objects["database"][1])
    assert _register(superset, home) == 2
    assert "2 databases have" in capsys.readouterr().err


def test_mistakes_are_told(
    superset: FakeSuperset,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _register(superset, tmp_path) == 2
    assert f"run `funnel refresh --home {tmp_path}` first" in capsys.readouterr().err
    monkeypatch.setenv("SUPERSET_PASSWORD", "wr0ng")
    assert _register(superset, home) == 2
    told = capsys.readouterr().err
    assert "security/login: 401" in told
    assert "wr0ng" not in told
    assert main(["--url", "http://127.0.0.1:9", "--marts", str(home / "marts.duckdb")]) == 2
    assert "cannot reach http://127.0.0.1:9" in capsys.readouterr().err
    assert superset.objects == {}


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.table)
def test_columns_are_those_of_the_marts(dataset) -> None:
    described = (DBT_PROJECT / "models" / "marts" / f"{dataset.table}.yml").read_text("utf-8")
    columns = set(re.findall(r"^      - name: (\w+)$", described, re.MULTILINE))
    named = {dataset.day}
    for metric in dataset.metrics:
        named |= set(re.findall(r"[a-z_]{4,}", metric.expression)) - {"nullif"}
    for chart in (chart for row in CHARTS for chart in row if chart.table == dataset.table):
        options = chart.options
        named |= {options[key] for key in ("x_axis",) if key in options}
        named |= set(options.get("all_columns", []))
        groups = options.get("groupby", [])
        named |= {groups} if isinstance(groups, str) else set(groups)
        measured = {*options.get("metrics", []), options.get("metric")} - {None}
        assert measured <= {metric.name for metric in dataset.metrics}
    assert named <= columns
