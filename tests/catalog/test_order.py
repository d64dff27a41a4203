"""Who looks at what the last build left in a table runs before that table's model does."""

import re
from pathlib import Path

import networkx as nx
import pytest

from orchestration.build.project import parsed_project

pytestmark = pytest.mark.xdist_group("catalog")

LOOKS_BACK_AT = re.compile(r"rows_of_last_build\(\s*'(\w+)'")


def test_models_look_back_before_the_table_is_built_again(published: Path) -> None:
    description = parsed_project(published).manifest()
    models = {
        node["name"]: node
        for node in description["nodes"].values()
        if node["resource_type"] == "model"
    }
    order = nx.DiGraph(
        (parent, child)
        for child, parents in description["parent_map"].items()
        for parent in parents
    )
    found = {
        (name, seen) for name in models for seen in LOOKS_BACK_AT.findall(models[name]["raw_code"])
    }
    assert {seen for _, seen in found} >= {"int_web_events", "int_mail_matches"}
    # models without a path between them run side by side
    unordered = [
        (name, seen)
        for name, seen in found
        if not nx.has_path(order, models[name]["unique_id"], models[seen]["unique_id"])
    ]
    assert unordered == []
