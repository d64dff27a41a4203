"""One row per what a mart says: dbt tests its key."""

from pathlib import Path
from typing import Any

import pytest

from orchestration.build.project import parsed_project

pytestmark = pytest.mark.xdist_group("catalog")


def _key(test: dict[str, Any]) -> list[str]:
    """The columns whose values a data test allows once, none if it looks at something else."""
    metadata = test.get("test_metadata") or {"name": test["name"], "kwargs": {}}
    key = metadata["kwargs"].get("key", [])
    if metadata["name"] == "keeps_its_rules":
        return key
    # two ranges that begin on one day do not touch
    return [*key, "valid_from"] if metadata["name"] == "ranges_touch" else []


def test_the_key_of_every_mart_is_tested(published: Path) -> None:
    nodes = parsed_project(published).manifest()["nodes"].values()
    marts = {node["unique_id"]: node for node in nodes if node["schema"] == "marts"}
    keys = [
        (test["attached_node"], key)
        for test in nodes
        if test["resource_type"] == "test" and (key := _key(test))
    ]
    untested = marts.keys() - {model for model, _ in keys}
    assert sorted(marts[model]["name"] for model in untested) == []
    unknown = [
        (marts[model]["name"], key)
        for model, key in keys
        if model in marts and not marts[model]["columns"].keys() >= set(key)
    ]
    assert unknown == []
