"""Whatever dbt shows is described: every column that is there, and none that is not."""

from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from orchestration.build.project import parsed_project

pytestmark = pytest.mark.xdist_group("catalog")

SHOWN = {"model", "seed", "source"}


@pytest.fixture(scope="module")
def columns(published: Path) -> dict[tuple[str, str], set[str]]:
    """The columns of every table and view of the warehouse."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    with duckdb.connect(str(published / "warehouse.duckdb"), read_only=True) as warehouse:
        for schema, table, column in warehouse.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal"
        ).fetchall():
            found[schema, table].add(column)
    return found


@pytest.fixture(scope="module")
def shown(published: Path) -> list[dict]:
    description = parsed_project(published).manifest()
    nodes = [*description["nodes"].values(), *description["sources"].values()]
    return [node for node in nodes if node["resource_type"] in SHOWN]


def test_every_table_is_described(shown: list[dict]) -> None:
    assert {node["resource_type"] for node in shown} == SHOWN
    assert [node["name"] for node in shown if not node["description"].strip()] == []


def test_every_column_is_described(
    shown: list[dict], columns: dict[tuple[str, str], set[str]]
) -> None:
    silent = {}
    for node in shown:
        described = {
            name for name, column in node["columns"].items() if column["description"].strip()
        }
        present = columns[node["schema"], node["name"]]
        assert present, f"{node['schema']}.{node['name']} was not built"
        if described != present:
            silent[node["name"]] = sorted(described ^ present)
    assert silent == {}, "columns without a description, or descriptions without a column"


def test_every_model_says_what_one_row_is(shown: list[dict]) -> None:
    unsaid = [
        node["name"]
        for node in shown
        if node["resource_type"] == "model" and "One row per " not in node["description"]
    ]
    assert unsaid == []
