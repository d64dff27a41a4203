"""The shipped list of agents knows machines, and takes nobody's browser for one."""

import re
from collections import Counter

import pytest

from pipelines.rules import load_rules
from pipelines.rules.seeds import AGENT_KINDS
from pipelines.settings import SHIPPED_RULES
from pipelines.variables import Variables
from tests.rules.user_agents import MACHINES, PEOPLE

KINDS = {
    row.text("agent"): row.text("kind") for row in load_rules(SHIPPED_RULES).rows["machine_agents"]
}
BOT_PATTERN = re.compile(Variables().bot_pattern, re.IGNORECASE)


def agents_in(user_agent: str) -> list[str]:
    """The agents of the list that the text contains, the longest first."""
    found = [agent for agent in KINDS if agent in user_agent.lower()]
    return sorted(found, key=len, reverse=True)


@pytest.mark.parametrize("browser", PEOPLE)
def test_a_person_is_no_machine(browser: str) -> None:
    found = agents_in(PEOPLE[browser])
    is_excepted = any(KINDS[agent] == "human" for agent in found)
    assert is_excepted or (not found and not BOT_PATTERN.search(PEOPLE[browser]))


def test_only_what_reads_like_a_bot_is_excepted() -> None:
    excepted = [agent for agent, kind in KINDS.items() if kind == "human"]
    assert [agent for agent in excepted if not BOT_PATTERN.search(agent)] == []
    assert set(excepted) == {agent for text in PEOPLE.values() for agent in agents_in(text)}


@pytest.mark.parametrize("user_agent", MACHINES)
def test_a_machine_is_of_its_kind(user_agent: str) -> None:
    found = agents_in(user_agent)
    assert found
    assert KINDS[found[0]] == MACHINES[user_agent]
    assert not any(KINDS[agent] == "human" for agent in found)


def test_the_list_has_agents_of_every_kind_and_none_that_is_short() -> None:
    counts = Counter(KINDS.values())
    assert set(counts) == set(AGENT_KINDS)
    assert min(counts[kind] for kind in AGENT_KINDS if kind != "human") > 50
    assert [agent for agent in KINDS if len(agent) < 4] == []
    # whatever the browser, these stand in most agents of people
    everyday = "mozilla/5.0 (compatible; windows nt 10.0; like gecko) chrome/1 mobile safari/1"
    assert [agent for agent in KINDS if agent in everyday] == []
