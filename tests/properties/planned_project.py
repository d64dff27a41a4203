"""Random dbt projects for the planner: nodes, and for kept ones the model of their keys."""

import random
from dataclasses import dataclass, field, replace

from orchestration.build.nodes import DAY, Graph, Node


@dataclass(frozen=True)
class Features:
    partial_tests: bool = False  # tests that read a partial model
    test_edits: bool = False  # the code of a test changes
    partial_by_hand: bool = False  # hand-builds of partial models
    selections: bool = False  # plan_selected
    failing_tests: bool = False


@dataclass
class World:
    """A random dbt project: nodes, and for kept ones the model of their affected keys."""

    nodes: dict[str, Node] = field(default_factory=dict)
    affected_by: dict[str, str] = field(default_factory=dict)
    finds: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)
    marts: list[str] = field(default_factory=list)

    def graph(self) -> Graph:
        return Graph(dict(self.nodes))

    def add(self, name: str, kind: str, parents: object = (), **flags: object) -> str:
        self.nodes[name] = Node(
            name,
            kind,
            tuple(sorted(parents)),
            f"{name} 0",
            frozenset(flags.pop("variables", ())),
            **flags,
        )
        return name

    def roots(self, names: object) -> set[str]:
        """Sources, copies and kept models that these are made from without another in between."""
        found = set()
        for name in names:
            node = self.nodes[name]
            if node.kind == "source" or node.keeps_copy or node.keeps_rows:
                found.add(name)
            else:
                found |= self.roots(node.parents)
        return found


def world(rng: random.Random, on: Features) -> World:
    made = World()
    for i in range(rng.randint(1, 2)):
        made.add(f"source{i}", "source")
    for i in range(rng.randint(1, 2)):
        made.add(f"seed{i}", "seed")
    views = [
        made.add(f"view{i}", "model", [f"source{i}"], is_view=True, variables=[DAY])
        for i in range(len([n for n in made.nodes if n.startswith("source")]))
    ]
    pool = [*views]
    seeds = [n for n in made.nodes if n.startswith("seed")]
    for i in range(rng.randint(4, 9)):
        inputs = set(rng.sample(pool, min(len(pool), rng.randint(1, 2))))
        if rng.random() < 0.3:
            inputs.add(rng.choice(seeds))
        kind = rng.choice(["plain", "copy", "kept", "kept"])
        day = [DAY] if rng.random() < 0.15 and kind == "plain" else []
        if kind == "plain" or kind == "copy":
            pool.append(
                made.add(f"{kind}{i}", "model", inputs, keeps_copy=kind == "copy", variables=day)
            )
            continue
        # plain models with D change for every key: the affected keys do not cover them
        if any(
            DAY in made.nodes[n].variables and not made.nodes[n].is_view
            for n in made.graph().with_ancestors(inputs)
            if not made.nodes[n].keeps_copy
        ):
            continue
        found = made.roots(inputs - set(seeds))
        reads = {made.affected_by.get(root, root) for root in found}
        before = {root for root in found if root in made.affected_by}
        finder = made.add(
            f"finder{i}",
            "model",
            reads | (before if rng.random() < 0.5 else set()),
            is_partial=True,
            variables=[DAY] if any(n.startswith("source") for n in reads) else [],
        )
        if rng.random() < 0.3:
            made.add(f"link{i}", "model", [finder], is_partial=True)
            made.finds[f"link{i}"] = ({finder}, set())
            top = f"link{i}"
        else:
            top = finder
        made.finds[finder] = (reads, set())
        # looks back at its own model
        if rng.random() < 0.5:
            made.nodes[finder] = replace(made.nodes[finder], looks_back_at=frozenset({f"kept{i}"}))
        inputs = sorted(inputs)
        moved = set(rng.sample(inputs, rng.randint(0, len(inputs))))
        parents = {*inputs, top} - moved
        if moved:
            part = made.add(
                f"part{i}", "model", moved | {top}, is_partial=True, is_view=rng.random() < 0.3
            )
            parents.add(part)
        made.affected_by[f"kept{i}"] = top
        pool.append(made.add(f"kept{i}", "model", parents, keeps_rows=True, affected_by=top))
    lasting = [n for n in pool if n not in views]
    made.marts = [n for n in lasting if rng.random() < 0.6 and not made.nodes[n].keeps_copy]
    for i in range(rng.randint(1, 3)):
        looked_at = set(rng.sample(lasting, min(len(lasting), rng.randint(1, 2))))
        kept = [n for n in looked_at if n in made.affected_by]
        if kept and on.partial_tests and rng.random() < 0.6:
            looked_at.add(made.affected_by[kept[0]])
        made.add(f"test{i}", "test", looked_at)
    return made
