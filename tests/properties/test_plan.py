"""Planned builds end with right contents: random projects, random histories and accidents.

`Features` switch on what makes a history harder, so that each has a test of its own.
"""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.build import nodes as nodes_module
from tests.properties.planned_home import Home
from tests.properties.planned_project import Features

EXAMPLES = 200
EVENTS = [
    "load",
    "load",
    "rule",
    "rule",
    "code",
    "day",
    "kill",
    "full",
    "full_kill",
    "hand",
    "hand",
    "select",
    "forget",
]


def play(seed: int, events: list[tuple[str, int]], on: Features) -> None:
    home = Home(random.Random(seed), on)
    try:
        home.refresh()
        for event, number in events:
            home.act(event, number)
        # a failing test is data's affair: what counts is that it is not forgotten
        home.refresh()
        home.refresh()
    except (AssertionError, KeyError) as error:
        graph = "\n".join(
            f"  {n.name} <- {list(n.parents)}"
            f"{' kept by ' + home.world.affected_by[n.name] if n.keeps_rows else ''}"
            f"{' view' if n.is_view else ''}{' looks back' if n.looks_back_at else ''}"
            for n in home.world.nodes.values()
        )
        raise AssertionError(f"{error!r}\n{graph}\n" + "\n".join(home.log)) from error


CASES = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 10**6)), max_size=9)
FEATURES = {
    "base": Features(),
    "failing_tests": Features(failing_tests=True),
    "partial_by_hand": Features(partial_by_hand=True),
    "partial_tests": Features(partial_tests=True),
    "test_edits": Features(test_edits=True),
    "selections": Features(selections=True),
}


@pytest.mark.parametrize("on", FEATURES.values(), ids=FEATURES)
def test_planned_builds_end_with_right_contents(
    on: Features, monkeypatch: pytest.MonkeyPatch
) -> None:
    # no YAML for every plan
    monkeypatch.setattr(nodes_module, "declared_variables", dict)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 10**6), CASES)
    def plays(seed: int, events: list[tuple[str, int]]) -> None:
        play(seed, events, on)

    plays()
