"""dbt in this process, with the kept manifest; its events become Dagster's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import get_adapter_by_type
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg
from dbt_common.events.functions import msg_to_dict

from orchestration.manifest import ParsedProject, dbt_arguments, set_environment
from orchestration.progress import say
from pipelines.errors import FunnelError, GateError
from pipelines.settings import Settings

RESULT_EVENTS = {"LogSeedResult", "LogModelResult", "LogTestResult"}


@dataclass(slots=True)
class Events:
    """Collects the result events of one invocation and reports progress."""

    total: int
    results: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, event: EventMsg) -> None:
        if event.info.name not in RESULT_EVENTS:
            return
        self.results.append(msg_to_dict(event))
        done = len(self.results)
        if done % 25 == 0 or done == self.total:
            say(f"models and tests: {done} of {self.total}")


def build(
    settings: Settings,
    project: ParsedProject,
    context: dg.AssetExecutionContext,
    translator: DagsterDbtTranslator,
) -> Iterator[Any]:
    """Run seeds, models and data tests of the selected assets; raises after the last event.

    Raises GateError if a data test failed and FunnelError if a model could not be built.
    """
    set_environment(settings.home)
    description = project.description()
    selected = _selected_nodes(context, description, translator)
    events = Events(total=len(selected) if selected else _node_count(description))
    arguments = [
        "build",
        *dbt_arguments(settings.home),
        "--exclude-resource-type",
        "unit_test",
        "--vars",
        json.dumps(dbt_variables(settings)),
    ]
    if selected:
        arguments += ["--select", *selected]
    result = dbtRunner(manifest=project.graph(), callbacks=[events]).invoke(arguments)
    _close_warehouse()
    for event in events.results:
        message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
        yield from message.to_default_asset_events(description, translator, context)
    if result.exception:
        raise FunnelError(f"dbt stopped: {result.exception}") from result.exception
    _raise_for_failures(result.result)


def _close_warehouse() -> None:
    # dbt keeps its connection for the life of the process; the gate and publishing open their own
    get_adapter_by_type("duckdb").cleanup_connections()
    DuckDBConnectionManager.close_all_connections()


def dbt_variables(settings: Settings) -> dict[str, str | int]:
    """The vars that every model sees; none of them is the clock."""
    variables = settings.variables
    return {
        "as_of_date": settings.as_of.isoformat(),
        "reporting_timezone": variables.reporting_timezone,
        "requalify_cooldown_days": variables.requalify_cooldown_days,
        "machine_seconds": variables.machine_seconds,
        "bot_pattern": variables.bot_pattern,
        "fiscal_year_start_month": variables.fiscal_year_start_month,
    }


def _selected_nodes(
    context: dg.AssetExecutionContext, description: dict, translator: DagsterDbtTranslator
) -> list[str]:
    if not context.is_subset:
        return []
    return [
        f"{node['name']}"
        for unique_id, node in description["nodes"].items()
        if node["resource_type"] in {"model", "seed"}
        and translator.get_asset_spec(description, unique_id, None).key
        in context.selected_asset_keys
    ]


def _node_count(description: dict) -> int:
    return sum(
        node["resource_type"] in {"model", "seed", "test"} for node in description["nodes"].values()
    )


def _raise_for_failures(results: Any) -> None:
    errors = [result for result in results if result.status == "error"]
    failed = [result for result in results if result.status == "fail"]
    for result in results:
        if result.status == "warn":
            say(f"warning: {result.node.name}: {result.message}")
    if errors:
        lines = [f"{result.node.name}: {result.message}" for result in errors]
        raise FunnelError("dbt could not build:\n" + "\n".join(lines))
    if failed:
        raise GateError(
            "data tests failed, nothing was published:\n" + "\n".join(map(_failure, failed))
        )


def _failure(result: Any) -> str:
    about = result.node.description or result.node.original_file_path
    return f"{result.node.name} failed for {result.failures} rows ({about})"
