"""One build of the models: planned from what stands, run, and recorded as far as it came."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.build.inputs import Inputs, digest
from orchestration.build.nodes import Graph, graph_of, node_states
from orchestration.build.plan import Plan, Situation, plan_build, plan_selected
from orchestration.build.project import ParsedProject
from orchestration.build.stamps import forget_stamps, other_tables, read_stamps
from orchestration.console import say
from orchestration.home.records import Build, Run, is_legacy, read_records, update_records
from pipelines.settings import Settings
from pipelines.wording import counted

if TYPE_CHECKING:
    from orchestration.build.invocation import Results


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what it was made from."""

    settings: Settings
    project: ParsedProject
    graph: Graph
    plan: Plan

    def describe(self) -> str:
        """How much is built, and in full for what reasons, on one line."""
        nodes = self.plan.nodes
        models = [name for name in self.graph.named("model") if name in nodes]
        size = f"{len(models)} of {counted(len(self.graph.named('model')), 'model')}"
        bases = [phase.base for phase in self.plan.phases if phase.base and phase.nodes]
        since = f", incremental since {bases[0].inputs.as_of}" if bases else ""
        if not self.plan.reasons:
            return f"{size}{since}"
        what = "some of them in full" if bases else "full rebuild"
        return f"{size}{since}, {what}: {'; '.join(self.plan.reasons)}"


def planned_build(
    settings: Settings,
    project: ParsedProject,
    inputs: Inputs,
    *,
    selected: Collection[str] = (),
    targets: Collection[str] = (),
    with_tests: bool = True,
) -> Planned:
    """What a build of all models has to do.

    With `targets` it is a build of these and of what they need, with `selected` one of just these
    in full, which raises UsageError if they would read others that are not built from the same
    inputs.
    """
    if settings.engine == "spark":
        from orchestration.spark.engine import bring_back

        bring_back(settings, project)
    records = read_records(settings.home)
    graph = graph_of(project)
    states = node_states(graph, inputs)
    # an incremental build on Spark has not been held against a full one yet: what is stale is
    # rebuilt in full
    last = records.build if settings.engine == "duckdb" else None
    situation = Situation(graph, inputs, states, read_stamps(settings), records.tests, last)
    if selected:
        plan = plan_selected(situation, selected, with_tests=with_tests)
    else:
        plan = plan_build(situation, full=settings.full, with_tests=with_tests, targets=targets)
    return Planned(settings, project, graph, plan)


def build_models(
    settings: Settings,
    project: ParsedProject,
    *,
    targets: Collection[str] = (),
    with_tests: bool = True,
) -> tuple[Planned, "Results"]:
    """Plan, build and record; raises FunnelError or GateError for what failed."""
    inputs = Inputs.of(settings, project)
    planned = planned_build(settings, project, inputs, targets=targets, with_tests=with_tests)
    results = build(planned)
    finish(planned, results)
    results.raise_for_failures()
    return planned, results


def build(planned: Planned) -> "Results":
    """Run a plan and record what it built; the failures are in the results."""
    from orchestration.build.invocation import run_phases

    if is_legacy(planned.settings.home):
        say("this home was written by an earlier version, which kept other records")
    settings = planned.settings
    if planned.plan.nodes:
        say(f"building {planned.describe()}")
    if settings.full:
        # whoever goes on with this run finds what it has built, and builds the rest
        if settings.engine == "spark":
            from orchestration.spark.engine import forget

            forget(settings, planned.project)
        forget_stamps(settings)
        published = read_records(settings.home).publication
        update_records(
            settings.home,
            run=Run.of(settings.replace(full=False)),
            # a file that is not as it was left is written as a whole
            publication=published and published.model_copy(update={"file": (0, 0)}),
        )
    return run_phases(settings, planned.project, planned.plan)


def finish(planned: Planned, results: "Results") -> None:
    """Close the warehouse and record a complete build, and which tests passed."""
    from orchestration.build.invocation import close_warehouse

    close_warehouse()
    settings, states = planned.settings, planned.plan.states
    if settings.engine == "spark" and planned.plan.nodes:
        from orchestration.spark.engine import bring_back

        bring_back(settings, planned.project)
    passed = {name: states[name].state for name in results.passed_tests()}
    records = read_records(settings.home)
    tests = {name: state for name, state in records.tests.items() if name in states} | passed
    update_records(settings.home, tests=tests)
    graph = planned.graph
    nodes = {name: states[name] for name in graph.lasting()}
    if not other_tables(settings, nodes):
        record = Build(
            id=digest(*(f"{name} {nodes[name].state}" for name in sorted(nodes))),
            run=Run.of(settings),
            inputs=planned.plan.inputs,
            nodes=nodes,
            partial={name: states[name] for name in graph.named("model") if name not in nodes},
            tests={name: states[name] for name in graph.named("test")},
        )
        update_records(settings.home, build=record)
