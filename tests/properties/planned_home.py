"""A home whose builds are planned for real and run by an abstract executor.

A table is a dict from key to a list of symbolic values, tuples of all that they are made from.
"""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from orchestration.build.inputs import Inputs, digest
from orchestration.build.nodes import DAY, Graph, Node, node_states
from orchestration.build.plan import Plan, Situation, Stamp, plan_build, plan_selected
from orchestration.home.records import Build, Publication, Run
from orchestration.published.writing import Mart, _Changes
from pipelines.errors import UsageError
from pipelines.variables import Variables
from tests.properties.planned_project import Features, world

KEYS = range(4)
DAY0 = date(2024, 1, 1)


class KilledError(Exception):
    pass


@dataclass
class View:
    code: str
    day: date | None
    only: bool  # the affected rows only


class Home:
    def __init__(self, rng: random.Random, on: Features) -> None:
        self.rng, self.on = rng, on
        self.world = world(rng, on)
        self.rows: dict[str, list[tuple[str, int, date]]] = {
            n: [] for n in self.world.nodes if n.startswith("source")
        }
        self.loads = 0
        self.rules = {n: "r0" for n in self.world.nodes if n.startswith("seed")}
        self.day = DAY0
        self.tables: dict[str, object] = {}
        self.before: dict[str, dict] = {}
        self.stamps: dict[str, Stamp] = {}
        self.passed: dict[str, str] = {}
        self.last: Build | None = None
        self.publication: Publication | None = None
        self.published: dict[str, dict] = {}
        self.contents: dict[str, dict] = {}  # by build id
        self.verified: set[object] = set()
        self.log: list[str] = []
        self.load()

    # -- inputs

    def load(self) -> None:
        self.loads += 1
        for name in self.rows:
            for _ in range(self.rng.randint(0, 2)):
                day = self.day + timedelta(days=self.rng.randint(-2, 2))
                self.rows[name].append((f"load{self.loads}", self.rng.choice(KEYS), day))

    def inputs(self) -> Inputs:
        loads = {n: {} for n in self.rows}
        for name, rows in self.rows.items():
            for load, *_ in rows:
                loads[name][load] = loads[name].get(load, 0) + 1
        models = digest(*(n.code for n in self.world.nodes.values()))
        return Inputs(
            as_of=self.day,
            loads=loads,
            rules=dict(self.rules),
            variables=Variables(),
            models=models,
            engine="e",
            code="c",
            limits="l",
        )

    # -- evaluation of one node at one key

    def _source(self, name: str, key: int, day: date) -> object:
        return tuple(sorted(r for r in self.rows[name] if r[1] == key and r[2] <= day))

    def truth(self, graph: Graph, rules: dict[str, str], day: date) -> dict[str, dict]:
        """What every lasting table holds if all is built in full."""
        found: dict[str, dict] = {}
        for name, node in graph.nodes.items():
            if node.kind in {"source", "test"} or name in self.world.finds:
                continue
            found[name] = {
                key: self._value(node, key, day, rules, lambda p, k: found[p][k], day)
                for key in KEYS
            }
        return found

    def _value(self, node, key, day, rules, read, view_day):
        if node.kind == "seed":
            return [(node.code, rules[node.name])]
        made = [node.code, day if DAY in node.variables and not node.is_view else None]
        for parent in node.parents:
            if parent in self.world.finds:
                continue
            if self.world.nodes[parent].kind == "source":
                made.append(self._source(parent, key, view_day))
            else:
                values = read(parent, key)
                # several rows multiply what reads them, as a join does
                made.append(tuple(values) if values is not None else None)
        return [tuple(made)]

    def read(self, name: str, key: int):
        """The rows of a table or view as it stands."""
        table = self.tables[name]
        if not isinstance(table, View):
            return table.get(key)
        node = replace(self.world.nodes[name], code=table.code)
        if table.only and key not in self.tables[self.finder_of(name)]:
            return None
        return self._value(node, key, table.day, self.rules, self.read, table.day)

    def finder_of(self, part: str) -> str:
        return next(p for p in self.world.nodes[part].parents if p in self.world.finds)

    # -- execution

    def execute(self, name: str, base: Build | None, day: date) -> None:
        node = self.world.nodes[name]
        for parent in node.parents:
            if parent not in self.tables and self.world.nodes[parent].kind != "source":
                raise KeyError(f"{name} reads {parent}, which is not there")
        if name in self.world.finds:
            self.tables[name] = self._found_keys(node, base, day)
        elif node.is_view:
            self.tables[name] = View(node.code, day, bool(base) and node.is_partial)
        elif node.is_partial:
            keys = self.tables[self.finder_of(name)] if base else KEYS
            self.tables[name] = {k: self._fresh(node, k, day) for k in keys}
        elif node.keeps_rows and base:
            affected = self.tables[self.world.affected_by[name]]
            parts = [p for p in node.parents if self.world.nodes[p].is_partial]
            finders = [p for p in parts if p in self.world.finds]
            if finders:
                keys = set(self.tables[finders[0]])
            else:
                keys = {k for p in parts for k in KEYS if self.read(p, k) is not None}
            old = self.tables[name]
            table = {k: list(rows) for k, rows in old.items() if k not in affected}
            for k in keys:
                table[k] = table.get(k, []) + self._fresh(node, k, day)
            self.tables[name] = table
        else:
            if node.keeps_copy and base:
                self.before[name] = self.tables[name]
            self.tables[name] = {k: self._fresh(node, k, day) for k in KEYS}

    def _fresh(self, node: Node, key: int, day: date):
        return self._value(node, key, day, self.rules, self.read, day)

    def _found_keys(self, node: Node, base: Build | None, day: date) -> set[int]:
        if base is None:
            return set()
        for seen in node.looks_back_at:
            assert self.tables.get(seen) == self.contents[base.id][seen], (
                f"{node.name} looks back at {seen}, which is not as the last build left it"
            )
        found: set[int] = set()
        new = set(self.inputs().new_loads(base.inputs))
        for parent in self.world.finds[node.name][0]:
            if parent in self.world.finds:
                found |= self.tables[parent]
            elif self.world.nodes[parent].kind == "source":
                found |= {
                    k
                    for load, k, d in self.rows[parent]
                    if load in new or base.inputs.as_of < d <= day
                }
            else:
                now, then = self.tables[parent], self.before[parent]
                found |= {k for k in KEYS if now.get(k) != then.get(k)}
        return found

    def run(self, plan: Plan, kill_after: int | None) -> bool:
        """Run a plan; says whether a test failed. Raises KilledError."""
        steps = 0
        passed: dict[str, str] = {}
        failed = False
        graph = self.world.graph()
        for phase in plan.phases:
            for name in self._in_some_order(graph, phase.nodes | phase.tests):
                if kill_after is not None and steps >= kill_after:
                    raise KilledError
                steps += 1
                if name in phase.tests:
                    if self._test(name, phase):
                        passed[name] = plan.states[name].state
                    else:
                        failed = True
                    continue
                self.execute(name, phase.base, plan.inputs.as_of)
                self.stamps[name] = Stamp(
                    plan.states[name].state, phase.base.id if phase.base else None
                )
            if failed:
                break
        if kill_after is not None and steps >= kill_after:
            raise KilledError
        self._finish(plan, passed)
        return failed

    def _in_some_order(self, graph: Graph, names: frozenset[str]) -> list[str]:
        left, done = set(names), []
        above = {n: graph.with_ancestors([n]) - {n} for n in names}
        while left:
            ready = sorted(n for n in left if not (above[n] & left))
            done.append(self.rng.choice(ready))
            left.remove(done[-1])
        return done

    def _test(self, name: str, phase) -> bool:
        node, ok = self.world.nodes[name], True
        keys = set(KEYS)
        kept = [p for p in node.parents if p in self.world.affected_by]
        if (
            phase.base
            and kept
            and len(kept) == len([p for p in node.parents if p not in self.world.finds])
        ):
            keys = set().union(*(self.tables[self.world.affected_by[p]] for p in kept))
        for key in keys:
            row = (
                name,
                node.code,
                key,
                repr([self.read(p, key) for p in node.parents if p not in self.world.finds]),
            )
            if self.on.failing_tests and int(digest(*map(str, row)), 16) % 11 == 0:
                ok = False
            else:
                self.verified.add(row)
        return ok

    def _others(self, states) -> list[str]:
        return [
            n for n, s in states.items() if n not in self.stamps or self.stamps[n].state != s.state
        ]

    def _finish(self, plan: Plan, passed: dict[str, str]) -> None:
        self.passed = self.passed | passed
        graph, states = self.world.graph(), plan.states
        nodes = {n: states[n] for n in graph.lasting()}
        if self._others(nodes):
            return
        self.last = Build(
            id=digest(*(f"{n} {nodes[n].state}" for n in sorted(nodes))),
            run=Run(options={"sources": [{"landing": "landing"}], "as_of": "2026-01-01"}),
            inputs=plan.inputs,
            nodes=nodes,
            partial={},
            tests={n: states[n] for n in graph.named("test")},
        )
        self.contents[self.last.id] = {
            n: self.tables[n] for n in nodes if not isinstance(self.tables[n], View)
        }

    # -- what people do

    def refresh(self, *, full: bool = False, kill_after: int | None = None) -> None:
        inputs, graph = self.inputs(), self.world.graph()
        states = node_states(graph, inputs)
        p = self.publication
        nothing_new = (
            p
            and not full
            and inputs == p.inputs
            and self.last
            and self.last.id == p.build_id
            and not self._others(self.last.nodes)
        )
        if nothing_new:
            self.log.append("nothing new")
            self.check(graph, states)
            return
        plan = plan_build(
            Situation(graph, inputs, states, dict(self.stamps), dict(self.passed), self.last),
            full=full,
            with_tests=True,
        )
        self.log.append(
            f"plan {[(sorted(x.nodes), sorted(x.tests), bool(x.base)) for x in plan.phases]}"
            f" {plan.reasons}"
        )
        if full:
            self.stamps.clear()
        try:
            failed = self.run(plan, kill_after)
        except KilledError:
            self.log.append("killed")
            return
        if failed:
            self.log.append("a test failed")
            return
        self.check(graph, states)
        self.publish(graph)

    def check(self, graph: Graph, states) -> None:
        wanted = self.truth(graph, self.rules, self.day)
        for name in graph.lasting():
            for key in KEYS:
                assert self.read(name, key) == wanted[name][key], f"wrong rows in {name} at {key}"
        for test in graph.named("test"):
            node = self.world.nodes[test]
            assert self.passed.get(test) == states[test].state, f"{test} was never run"
            for key in KEYS:
                row = (
                    test,
                    node.code,
                    key,
                    repr([self.read(p, key) for p in node.parents if p not in self.world.finds]),
                )
                assert row in self.verified, f"{test} passed, but never saw its rows at {key}"

    def publish(self, graph: Graph) -> None:
        build, before = self.last, self.publication
        assert build is not None
        changes = _Changes(build, before, self.stamps) if before else None
        for name in self.world.marts:
            mart = Mart(name, "k", self.world.affected_by.get(name))
            if changes and changes.is_unchanged(mart):
                continue
            if changes and changes.has_affected_rows(mart):
                affected = self.tables[mart.affected_by]
                rows = {k: v for k, v in self.published[name].items() if k not in affected}
                rows |= {k: v for k, v in self.tables[name].items() if k in affected}
                self.published[name] = rows
            else:
                self.published[name] = dict(self.tables[name])
        self.publication = Publication(
            build_id=build.id,
            run=build.run,
            inputs=build.inputs,
            marts={n: build.nodes[n].state for n in self.world.marts},
            file=(0, 0),
            bytes_when_whole=1,
        )
        wanted = self.truth(graph, self.rules, self.day)
        for name in self.world.marts:
            assert self.published[name] == wanted[name], f"wrong rows published of {name}"

    def by_hand(self, number: int) -> None:
        rng = random.Random(number)
        names = [
            n
            for n, node in self.world.nodes.items()
            if node.kind in {"model", "seed"} and (self.on.partial_by_hand or not node.is_partial)
        ]
        name = rng.choice(names)
        self.log[-1] += f" {name}"
        try:
            self.execute(name, None, self.day - timedelta(days=rng.randint(0, 2)))
        except KeyError:
            return
        self.stamps.pop(name, None)

    def select(self, number: int) -> None:
        if self.last is None or not self.on.selections:
            return
        rng = random.Random(number)
        names = self.world.graph().named("model", "seed")
        chosen = rng.sample(names, rng.randint(1, 2))
        day, self.day = self.day, self.last.inputs.as_of
        try:
            inputs, graph = self.inputs(), self.world.graph()
            states = node_states(graph, inputs)
            plan = plan_selected(
                Situation(graph, inputs, states, dict(self.stamps), dict(self.passed), self.last),
                chosen,
                with_tests=True,
            )
            self.log[-1] += f" {chosen}"
            self.run(plan, None)
        except (UsageError, KeyError):
            pass
        finally:
            self.day = day

    def act(self, event: str, number: int) -> None:
        rng = random.Random(number)
        self.log.append(f"{event} {number}")
        if event == "load":
            self.day += timedelta(days=rng.randint(0, 2))
            self.load()
        elif event == "rule":
            self.rules[rng.choice(sorted(self.rules))] = rng.choice(["r0", "r1"])
        elif event == "code":
            kinds = {"model", "seed"} | ({"test"} if self.on.test_edits else set())
            name = rng.choice([n for n, x in self.world.nodes.items() if x.kind in kinds])
            node = self.world.nodes[name]
            self.world.nodes[name] = replace(node, code=f"{name} {rng.randint(0, 1)}")
        elif event == "day":
            self.day = DAY0 + timedelta(days=rng.randint(0, 6))
        elif event == "kill":
            self.refresh(kill_after=rng.randint(0, 12))
            return
        elif event == "full":
            self.refresh(full=True)
        elif event == "full_kill":
            self.refresh(full=True, kill_after=rng.randint(0, 12))
            return
        elif event == "hand":
            self.by_hand(number)
        elif event == "select":
            self.select(number)
        elif event == "forget":
            self.last, self.passed, self.publication = None, {}, None
        if (
            event in {"load", "rule", "code", "day", "hand", "select", "forget"}
            and rng.random() < 0.6
        ):
            if rng.random() < 0.45:
                self.refresh(kill_after=rng.randint(0, 12))
            else:
                self.refresh()
