"""dbt in this process with the kept manifest, free of Dagster."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import get_adapter_by_type
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg
from dbt_common.events.functions import msg_to_dict

from orchestration.build.plan import Phase, Plan
from orchestration.build.progress import BuildProgress
from orchestration.build.project import (
    ParsedProject,
    dbt_arguments,
    dbt_environment,
    model_variables,
)
from orchestration.console import say
from pipelines.errors import FunnelError, GateError
from pipelines.settings import Settings

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

RESULT_EVENTS = {"LogSeedResult", "LogModelResult", "LogTestResult"}
STARTS = "LogStartLine"
PHASE_TAG = "built_now"
# DuckDB uses one core for a small model, and none while dbt prepares the next
MODELS_AT_ONCE = 2
# deleted rows stay in memory while the file is open: of so many raw rows they take up to 4 GB
MOST_ROWS_HELD_OPEN = 50_000_000
# a database that was invalidated by a bug of DuckDB is whole again when it is opened anew
FATAL = ("database has been invalidated", "INTERNAL Error", "FATAL Error")


@dataclass(slots=True)
class Results:
    """What ended in a build: the last result event of each node, and the results of nodes."""

    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    nodes: list[Any] = field(default_factory=list)

    def passed_tests(self) -> list[str]:
        """The data tests that passed, or failed no more than to warn."""
        return [
            result.node.name
            for result in self.nodes
            if result.node.resource_type == "test" and result.status in {"pass", "warn"}
        ]

    def has_failures(self) -> bool:
        return any(result.status in {"error", "fail", "skipped"} for result in self.nodes)

    def raise_for_failures(self) -> None:
        """Raise FunnelError for a model that could not be built, GateError for a failed test."""
        for result in self.nodes:
            if result.status == "warn":
                say(f"warning: {result.node.name}: {result.message}")
        errors = [result for result in self.nodes if result.status == "error"]
        if errors:
            lines = [
                f"{result.node.name}: {plain_message(str(result.message))}" for result in errors
            ]
            raise FunnelError("dbt could not build:\n" + "\n".join(lines))
        failed = [result for result in self.nodes if result.status == "fail"]
        if failed:
            lines = [_failure(result) for result in failed]
            raise GateError("data tests failed, nothing was published:\n" + "\n".join(lines))


def run_phases(settings: Settings, project: ParsedProject, plan: Plan) -> Results:
    """Run the phases of a plan one after the other, up to the first failure.

    The warehouse is left open, see `close_warehouse`. Raises FunnelError if dbt itself stops.
    """
    results = Results()
    if settings.engine == "spark" and plan.phases:
        from orchestration.spark.engine import prepare

        prepare(settings, project)
    for phase in plan.phases:
        _run_once_more_after_fatal_errors(settings, project, plan, phase, results)
        if results.has_failures():
            break
    return results


def close_warehouse() -> None:
    """Close dbt's connection, which writes the warehouse back to its file.

    dbt keeps it for the life of the process; the gates and publishing open their own.
    """
    with suppress(KeyError):
        get_adapter_by_type("duckdb").cleanup_connections()
    DuckDBConnectionManager.close_all_connections()


def engine_environment(settings: Settings) -> dict[str, str]:
    """What dbt is told of the engine."""
    if settings.engine == "duckdb":
        return {"FUNNEL_ENGINE": settings.engine}
    from orchestration.spark.engine import environment

    return {"FUNNEL_ENGINE": settings.engine, **environment(settings)}


def dbt_variables(settings: Settings, plan: Plan, phase: Phase) -> dict[str, Any]:
    """The vars that every model sees, see `model_variables`."""
    base = phase.base
    based_on = base.id if base else None
    stamps = {name: [plan.states[name].state, based_on] for name in sorted(phase.nodes)}
    found = {**model_variables(settings), "node_states": stamps}
    if base:
        found["last_as_of_date"] = base.inputs.as_of.isoformat()
        found["new_loads"] = plan.inputs.new_loads(base.inputs)
    return found


def _run_once_more_after_fatal_errors(
    settings: Settings, project: ParsedProject, plan: Plan, phase: Phase, results: Results
) -> None:
    found = _run(settings, project, plan, phase, results)
    fatal = [result for result in found if result.status == "error" and _is_fatal(result)]
    if fatal:
        names = ", ".join(result.node.name for result in fatal)
        say(f"warning: DuckDB stopped in {names} ({fatal[0].message}); trying once more")
        close_warehouse()
        ended = [result for result in found if result.status in {"success", "pass", "warn"}]
        results.nodes += ended
        done = {result.node.name for result in ended}
        rest = Phase(phase.nodes - done, phase.tests - done, phase.base)
        found = _run(settings, project, plan, rest, results)
    results.nodes += found


def _run(
    settings: Settings, project: ParsedProject, plan: Plan, phase: Phase, results: Results
) -> list[Any]:
    is_small = plan.inputs.rows <= MOST_ROWS_HELD_OPEN
    arguments = [
        # the manifest was written when the project was parsed, and results are told by events
        *("build", *dbt_arguments(settings.home, project.root), "--no-write-json"),
        *("--resource-type", "seed", "--resource-type", "model", "--resource-type", "test"),
        # two large models would share the memory
        *("--threads", str(MODELS_AT_ONCE if is_small else 1)),
        *("--vars", json.dumps(dbt_variables(settings, plan, phase))),
        *([] if phase.base else ["--full-refresh"]),
        *("--indirect-selection", "empty", "--select", f"tag:{PHASE_TAG}"),
    ]
    kind = "incremental" if phase.base else "full"
    progress = BuildProgress(settings.home / "dbt", kind, phase.nodes | phase.tests)
    keep_open = str(phase.base is None or is_small)
    engine = engine_environment(settings)
    with dbt_environment(settings.home, FUNNEL_KEEP_OPEN=keep_open, **engine):
        manifest = _tagged(project.graph(), phase)
        runner = dbtRunner(manifest=manifest, callbacks=[_collector(results, progress)])
        outcome = runner.invoke(arguments)
    if outcome.exception:
        close_warehouse()
        raise FunnelError(f"dbt stopped: {outcome.exception}") from outcome.exception
    progress.keep()
    assert isinstance(outcome.result, RunExecutionResult)
    return list(outcome.result)


def _tagged(manifest: "Manifest", phase: Phase) -> "Manifest":
    """The manifest, its nodes of a phase under one tag.

    dbt compares each selector with every node it knows, so that names alone would take seconds.
    """
    wanted = phase.nodes | phase.tests
    for node in manifest.nodes.values():
        if node.name in wanted:
            node.tags = [*node.tags, PHASE_TAG]
    return manifest


def _collector(results: Results, progress: BuildProgress) -> Callable[[EventMsg], None]:
    one_at_a_time = Lock()

    def collect(event: EventMsg) -> None:
        # nodes that run side by side report from threads of their own
        with one_at_a_time:
            if event.info.name == STARTS:
                progress.starts(event.data.node_info.node_name)
            elif event.info.name in RESULT_EVENTS:
                name = event.data.node_info.node_name
                results.events[name] = msg_to_dict(event)
                progress.ends(name, event.data.execution_time)

    return collect


def plain_message(text: str) -> str:
    """A message of dbt without the trace of macros and the place of the compiled file."""
    traces = ("> in macro", "> called by", "compiled code at")
    lines = [line for line in text.splitlines() if not line.strip().startswith(traces)]
    return "\n".join(lines).strip()


def _is_fatal(result: Any) -> bool:
    return any(sign in str(result.message) for sign in FATAL)


def _failure(result: Any) -> str:
    about = result.node.description or result.node.original_file_path
    return f"{result.node.name} failed for {result.failures} rows ({about})"
