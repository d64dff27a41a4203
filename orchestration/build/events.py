"""One `dbt build` as a Dagster step: its events become materializations and check results."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration.build.invocation import unfinished_build
from orchestration.build.project import ParsedProject
from pipelines.settings import Settings


def build(
    settings: Settings,
    project: ParsedProject,
    context: dg.AssetExecutionContext,
    translator: DagsterDbtTranslator,
) -> Iterator[Any]:
    """Run seeds, models and data tests of the selected assets; raises after the last event."""
    description = project.description()
    selected = _selected_nodes(context, description, translator)
    invocation = unfinished_build(settings, project, selected)
    with ThreadPoolExecutor(max_workers=1) as pool:
        # telling Dagster of all nodes takes about as long as writing the warehouse back
        finished = pool.submit(invocation.finish)
        for event in invocation.events:
            message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
            yield from message.to_default_asset_events(description, translator, context)
        finished.result()
    invocation.raise_for_failures()


def _selected_nodes(
    context: dg.AssetExecutionContext, description: dict, translator: DagsterDbtTranslator
) -> list[str]:
    if not context.is_subset:
        return []
    return [
        node["name"]
        for unique_id, node in description["nodes"].items()
        if node["resource_type"] in {"model", "seed"}
        and translator.get_asset_spec(description, unique_id, None).key
        in context.selected_asset_keys
    ]
