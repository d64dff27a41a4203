"""What a build has to do: which nodes, from the last build's rows or in full, and why.

Every table carries a stamp: the state that it was built in, and the build that its affected rows
were computed against, if it was built incrementally. A node whose stamp has the wanted state is
not built again, whoever built it and whatever ended that run.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from orchestration.build.inputs import Inputs
from orchestration.build.nodes import Graph
from orchestration.home.records import Build, NodeState
from pipelines.errors import UsageError


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a table says of itself; `based_on` is the id of a build."""

    state: str
    based_on: str | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """Nodes and tests of one dbt invocation; `base` makes it an incremental one."""

    nodes: frozenset[str]
    tests: frozenset[str]
    base: Build | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The phases of a build in their order; `reasons` say why nodes are built in full."""

    inputs: Inputs
    states: Mapping[str, NodeState]
    phases: tuple[Phase, ...]
    reasons: tuple[str, ...] = ()

    @property
    def nodes(self) -> frozenset[str]:
        """All nodes that are built."""
        return frozenset[str]().union(*(phase.nodes for phase in self.phases))


@dataclass(frozen=True, slots=True)
class Situation:
    """What is there and what is wanted; the questions that decide how a node is built."""

    graph: Graph
    inputs: Inputs
    states: Mapping[str, NodeState]
    stamps: Mapping[str, Stamp]
    passed: Mapping[str, str]
    last: Build | None

    def is_stale(self, name: str) -> bool:
        """Whether a node must be built: its table is not there or was built from other inputs."""
        stamp = self.stamps.get(name)
        return stamp is None or stamp.state != self.states[name].state

    def is_at_base(self, name: str) -> bool:
        """Whether a table stands as the last complete build left it."""
        stamp = self.stamps.get(name)
        known = self.last.nodes.get(name) if self.last else None
        return stamp is not None and known is not None and stamp.state == known.state

    def serves_incremental(self, name: str) -> bool:
        """Whether incremental models can read a table as it stands."""
        node = self.graph[name]
        if node.kind == "source":
            return True
        if self.is_stale(name):
            return False
        needs_base = node.is_partial or node.keeps_copy
        base = self.last.id if self.last else None
        return not needs_base or self.stamps[name].based_on == base

    def serves_full(self, name: str) -> bool:
        """Whether a full rebuild of what reads it can read a table as it stands."""
        if self.graph[name].kind == "source":
            return True
        if self.is_stale(name):
            return False
        return not self.graph[name].is_partial or self.stamps[name].based_on is None

    def why_full(self, name: str) -> str | None:
        """Why a node to be built incrementally cannot be, in words."""
        node = self.graph[name]
        needed = {*node.looks_back_at, *([name] if node.keeps_rows or node.keeps_copy else [])}
        lost = sorted(table for table in needed if not self.is_at_base(table))
        if self.last and name not in self.last.nodes and name in lost:
            return f"{name} is new"
        if lost:
            return f"{', '.join(lost)} is not as the last build left it"
        if self.last is None or not node.keeps_rows:
            return None
        if self.states[name].definition == self.last.nodes[name].definition:
            return None
        changes = self.inputs.changes_of_definitions(self.last.inputs)
        return ", ".join(changes) or "what it reads changed"


def plan_build(
    situation: Situation, *, full: bool, with_tests: bool, targets: Collection[str] = ()
) -> Plan:
    """The least to build so that all lasting tables, or the targets, have the wanted states.

    Partial models are built where one that lasts reads them.
    """
    graph, last = situation.graph, situation.last
    lasting = graph.lasting()
    if targets:
        needed = graph.with_ancestors(targets)
        lasting = [name for name in lasting if name in needed]
    stale = {name for name in lasting if situation.is_stale(name)}
    reason = _why_all_in_full(situation, full=full)
    if reason:
        wanted, incremental = (set(graph.named("model", "seed")) if full else stale), set[str]()
        in_full = graph.with_descendants(wanted)
        reasons = [reason] if wanted else []
    else:
        in_full, incremental, reasons = _split(situation, stale)
        wanted = stale - incremental
    tests = {
        test
        for test in graph.named("test")
        if with_tests and (full or situation.passed.get(test) != situation.states[test].state)
    }
    wanted |= _partial_to_test(situation, tests, incremental)
    rebuilt = _rebuilt_in_full(situation, wanted, incremental)
    affected_tests = {
        name
        for name in tests
        if _may_test_affected(situation, name, incremental, in_full | rebuilt)
    }
    phases = [
        Phase(frozenset(incremental), frozenset(affected_tests), last),
        Phase(frozenset(rebuilt), frozenset(tests - affected_tests)),
    ]
    return Plan(
        situation.inputs,
        situation.states,
        tuple(phase for phase in phases if phase.nodes or phase.tests),
        tuple(reasons),
    )


def plan_selected(situation: Situation, selected: Collection[str], *, with_tests: bool) -> Plan:
    """Build just these nodes, in full, with those before them that hold affected rows alone.

    Raises UsageError where they would read tables that were built from other inputs.
    """
    graph = situation.graph
    rebuilt = _with_parents(
        graph,
        set(selected),
        lambda name: (
            graph[name].is_inlined or (graph[name].is_partial and not situation.serves_full(name))
        ),
    )
    missing = sorted(
        parent
        for name in rebuilt
        for parent in graph[name].parents
        if parent not in rebuilt and not situation.serves_full(parent)
    )
    if missing:
        names = ", ".join(dict.fromkeys(missing))
        raise UsageError(
            f"these are not built for {situation.inputs.as_of}: {names};"
            " materialize them as well, or run the whole job"
        )
    tests = {
        name
        for name in graph.named("test")
        if with_tests
        and not rebuilt.isdisjoint(graph[name].parents)
        and all(one in rebuilt or situation.serves_full(one) for one in graph[name].parents)
    }
    phases = (Phase(frozenset(rebuilt), frozenset(tests)),)
    return Plan(situation.inputs, situation.states, phases)


def _why_all_in_full(situation: Situation, *, full: bool) -> str | None:
    if full:
        return "--full was given"
    if situation.last is None:
        return "no complete build is recorded"
    return situation.inputs.why_not_incremental(situation.last.inputs)


def _split(situation: Situation, stale: set[str]) -> tuple[set[str], set[str], list[str]]:
    """What can only be rebuilt in full, what is built incrementally, and the reasons."""
    graph = situation.graph
    roots: dict[str, str] = {}
    while True:
        in_full = graph.with_descendants(roots)
        incremental = _with_parents(
            graph, stale - in_full, lambda name: not situation.serves_incremental(name)
        )
        found = {
            name: why
            for name in incremental
            if name not in roots and (why := situation.why_full(name))
        }
        if not found:
            return in_full, incremental, list(dict.fromkeys(roots.values()))
        roots |= found


def _rebuilt_in_full(situation: Situation, wanted: set[str], incremental: set[str]) -> set[str]:
    """The wanted nodes, with those before them that hold, or will hold, affected rows alone."""

    def is_to_be_rebuilt(name: str) -> bool:
        if name in incremental:
            return situation.graph[name].is_partial
        return not situation.serves_full(name)

    return _with_parents(situation.graph, wanted, is_to_be_rebuilt)


def _with_parents(graph: Graph, names: set[str], needed: Callable[[str], bool]) -> set[str]:
    """These nodes and, from one to the next, those of the nodes before them that are needed."""
    found, left = set(names), list(names)
    while left:
        for parent in graph[left.pop()].parents:
            if parent not in found and needed(parent):
                found.add(parent)
                left.append(parent)
    return found


def _partial_to_test(situation: Situation, tests: set[str], incremental: set[str]) -> set[str]:
    """Partial models that tests look at, and that would not stand otherwise."""
    parents = {parent for test in tests for parent in situation.graph[test].parents}
    return {
        name
        for name in parents - incremental
        if situation.graph[name].is_partial and not situation.serves_full(name)
    }


def _may_test_affected(
    situation: Situation, test: str, incremental: set[str], in_full: set[str]
) -> bool:
    """Whether the same test passed on the last build, and has but affected rows to look at."""
    graph, parents = situation.graph, situation.graph[test].parents
    before = situation.last.tests.get(test) if situation.last else None
    keys = {key for name in parents if (key := graph[name].affected_by)}
    return (
        before is not None
        and situation.passed.get(test) == before.state
        and situation.states[test].definition == before.definition
        and in_full.isdisjoint(parents)
        and not incremental.isdisjoint(parents)
        and all(key in incremental or situation.serves_incremental(key) for key in keys)
    )
