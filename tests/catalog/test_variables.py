"""A changed variable rebuilds what reads it, and nothing else."""

from pathlib import Path

import pytest

from orchestration.build.nodes import graph_of, node_states
from orchestration.build.project import parsed_project
from orchestration.home.records import read_records

pytestmark = pytest.mark.xdist_group("catalog")


@pytest.mark.parametrize(
    ("change", "rebuilt", "left"),
    [
        ({"session_gap_minutes": 5}, "anonymous_visitors", "dim_leads"),
        ({"bounces_in_a_row": 5}, "dim_leads", "anonymous_visitors"),
        ({"score_band_floors": (0, 50)}, "value_matrix", "dim_leads"),
        ({"threshold_step": 10}, "threshold_curve", "value_matrix"),
    ],
)
def test_a_changed_variable_rebuilds_what_reads_it(
    published: Path, change: dict[str, object], rebuilt: str, left: str
) -> None:
    build = read_records(published).build
    assert build
    graph, variables = graph_of(parsed_project(published)), build.inputs.variables
    changed = build.inputs.model_copy(update={"variables": variables.model_copy(update=change)})
    before, after = node_states(graph, build.inputs), node_states(graph, changed)
    stale = {name for name, state in before.items() if state != after[name]}
    assert rebuilt in stale
    assert left not in stale
