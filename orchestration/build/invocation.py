"""dbt in this process with the kept manifest, free of Dagster."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import get_adapter_by_type
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg
from dbt_common.events.functions import msg_to_dict

from orchestration.build.last_build import Plan, plan, remember
from orchestration.build.progress import BuildProgress
from orchestration.build.project import ParsedProject, dbt_arguments, set_environment
from orchestration.console import say
from pipelines.errors import FunnelError, GateError
from pipelines.settings import Settings

RESULT_EVENTS = {"LogSeedResult", "LogModelResult", "LogTestResult"}
NODES_BUILT = {"model", "seed"}
STARTS = "LogStartLine"
# DuckDB uses one core for a small model, and none while dbt prepares the next
MODELS_AT_ONCE = 2
# rows that give way stay in memory while the file is open: of so many raw rows they take up to 4 GB
MOST_ROWS_HELD_OPEN = 50_000_000


@dataclass(slots=True)
class Invocation:
    """The result events of one `dbt build`, in the order in which the nodes ended.

    `finish` closes the warehouse, which writes it back to its file, and notes what was built; it
    has to be called, once.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)
    finish: Callable[[], None] = lambda: None

    def is_complete(self) -> bool:
        """Whether every model and seed was built."""
        built = [result for result in self.results if result.node.resource_type in NODES_BUILT]
        return bool(built) and all(result.status == "success" for result in built)

    def raise_for_failures(self) -> None:
        """Raise FunnelError for a model that could not be built, GateError for a failed test."""
        errors = [result for result in self.results if result.status == "error"]
        failed = [result for result in self.results if result.status == "fail"]
        for result in self.results:
            if result.status == "warn":
                say(f"warning: {result.node.name}: {result.message}")
        if errors:
            lines = [f"{result.node.name}: {result.message}" for result in errors]
            raise FunnelError("dbt could not build:\n" + "\n".join(lines))
        if failed:
            lines = [_failure(result) for result in failed]
            raise GateError("data tests failed, nothing was published:\n" + "\n".join(lines))


def dbt_build(
    settings: Settings,
    project: ParsedProject,
    select: Sequence[str] = (),
    excluded_types: Sequence[str] = ("unit_test",),
) -> Invocation:
    """Build the selected nodes and finish; see `unfinished_build`."""
    invocation = unfinished_build(settings, project, select, excluded_types)
    invocation.finish()
    return invocation


def unfinished_build(
    settings: Settings,
    project: ParsedProject,
    select: Sequence[str] = (),
    excluded_types: Sequence[str] = ("unit_test",),
) -> Invocation:
    """Build the selected nodes, all if none is named; raises FunnelError if dbt itself stops.

    All of them take the last build on where they can; some of them are always built anew.
    """
    set_environment(settings.home)
    invocation = Invocation()
    planned = plan(settings, project)
    is_whole = not select
    is_anew = not is_whole or planned.reason is not None
    if is_whole and planned.reason:
        say(f"building all models anew: {planned.reason}")
    # the manifest was written when the project was parsed, and results are told by events
    arguments = ["build", *dbt_arguments(settings.home), "--no-write-json"]
    # an exposure says who reads the marts: there is nothing to run
    for excluded in (*excluded_types, "exposure"):
        arguments += ["--exclude-resource-type", excluded]
    is_small = planned.build.rows <= MOST_ROWS_HELD_OPEN
    os.environ["FUNNEL_KEEP_OPEN"] = str(is_anew or is_small)
    # two large models would share the memory
    arguments += ["--threads", str(MODELS_AT_ONCE if is_small else 1)]
    arguments += ["--vars", json.dumps(dbt_variables(settings, None if is_anew else planned))]
    if is_anew:
        arguments.append("--full-refresh")
    elif planned.unchanged:
        arguments += ["--exclude", *planned.unchanged]
    if select:
        arguments += ["--select", *select]
    kind = "anew" if is_anew else "taken on"
    progress = BuildProgress(settings.home / "dbt", kind, _node_names(project.description()))
    collect = _collector(invocation, progress)
    outcome = dbtRunner(manifest=project.graph(), callbacks=[collect]).invoke(arguments)
    if outcome.exception:
        _close_warehouse()
        raise FunnelError(f"dbt stopped: {outcome.exception}") from outcome.exception
    invocation.results = list(outcome.result)

    def finish() -> None:
        _close_warehouse()
        if is_whole and invocation.is_complete():
            remember(settings, planned)
            progress.keep()

    invocation.finish = finish
    return invocation


def _close_warehouse() -> None:
    # dbt keeps its connection for the life of the process; the gate and publishing open their own
    get_adapter_by_type("duckdb").cleanup_connections()
    DuckDBConnectionManager.close_all_connections()


def dbt_variables(settings: Settings, planned: Plan | None) -> dict[str, Any]:
    """The vars that every model sees, none of them the clock; `planned` takes a build on."""
    variables = settings.variables
    taken_on = {}
    if planned and planned.last:
        taken_on = {"last_as_of_date": planned.last.as_of, "new_loads": list(planned.new_loads)}
    return taken_on | {
        "as_of_date": settings.as_of.isoformat(),
        "reporting_timezone": variables.reporting_timezone,
        "requalify_cooldown_days": variables.requalify_cooldown_days,
        "machine_seconds": variables.machine_seconds,
        "bot_pattern": variables.bot_pattern,
        "fiscal_year_start_month": variables.fiscal_year_start_month,
        "language": variables.language,
    }


def _collector(invocation: Invocation, progress: BuildProgress) -> Callable[[EventMsg], None]:
    one_at_a_time = Lock()

    def collect(event: EventMsg) -> None:
        # nodes that run side by side tell of themselves in threads of their own
        with one_at_a_time:
            if event.info.name == STARTS:
                progress.starts(event.data.node_info.node_name)
            elif event.info.name in RESULT_EVENTS:
                invocation.events.append(msg_to_dict(event))
                progress.ends(event.data.node_info.node_name, event.data.execution_time)

    return collect


def _node_names(description: dict) -> list[str]:
    built = {"model", "seed", "test"}
    nodes = description["nodes"].values()
    return [node["name"] for node in nodes if node["resource_type"] in built]


def _failure(result: Any) -> str:
    about = result.node.description or result.node.original_file_path
    return f"{result.node.name} failed for {result.failures} rows ({about})"
