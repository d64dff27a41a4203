"""One build as a Dagster step: dbt's events become materializations and check results."""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration.build.building import Planned, build, finish


def build_events(
    planned: Planned,
    selected: Collection[str],
    context: dg.AssetExecutionContext,
    translator: DagsterDbtTranslator,
) -> Iterator[Any]:
    """Run seeds, models and data tests of a plan; raises after the last event.

    `selected` are the nodes of the selected assets, if not all of them are.
    """
    manifest = planned.project.manifest()
    results = build(planned)
    unchanged = {
        key.path[-1]: key
        for key in context.selected_asset_keys
        if key.path[0] == "marts" and key.path[-1] not in planned.plan.nodes
    }
    not_selected = planned.plan.nodes - set(selected) if selected else frozenset[str]()
    with ThreadPoolExecutor(max_workers=1) as pool:
        # telling Dagster of all nodes takes about as long as writing the warehouse back
        finished = pool.submit(finish, planned, results)
        # Dagster takes no asset before those that it depends on
        for name in planned.graph.nodes:
            if name in not_selected:
                continue
            if name in results.events:
                message = DbtCoreCliEventMessage(
                    raw_event=results.events[name], event_history_metadata={}
                )
                yield from message.to_default_asset_events(manifest, translator, context)
            # what stands as it is, so that the steps after this one are not skipped
            if name in unchanged:
                yield dg.MaterializeResult(asset_key=unchanged[name], metadata={"unchanged": True})
        finished.result()
    results.raise_for_failures()


def selected_nodes(
    context: dg.AssetExecutionContext,
    manifest: dict[str, Any],
    translator: DagsterDbtTranslator,
) -> list[str]:
    """The models and seeds of the selected assets; none if all of them are selected."""
    if not context.is_subset:
        return []
    return [
        node["name"]
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in {"model", "seed"}
        and translator.get_asset_spec(manifest, unique_id, None).key in context.selected_asset_keys
    ]
