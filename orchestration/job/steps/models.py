"""Step 3: dbt builds seeds, staging, intermediate and marts, its tests as checks."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from orchestration.build.building import planned_build
from orchestration.build.inputs import Inputs
from orchestration.build.project import ParsedProject
from orchestration.build.root import is_mart
from orchestration.console import say
from orchestration.job.context import RunContext
from orchestration.job.steps.rules import CHECKED_RULES
from orchestration.published.record import published_changes


class FunnelDbtTranslator(DagsterDbtTranslator):
    """Groups follow the layers, and the seeds wait for the check of the rules."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = {**manifest["nodes"], **manifest["sources"]}.get(unique_id, {})
        layer = node.get("config", {}).get("schema") or node.get("source_name")
        if layer:
            spec = spec.replace_attributes(group_name=layer)
        if node.get("resource_type") == "seed":
            spec = spec.replace_attributes(deps=[*spec.deps, CHECKED_RULES])
        return spec


def dbt_models(project: ParsedProject) -> dg.AssetsDefinition:
    """All nodes of the dbt project as one step, of which any part can be run alone."""
    translator = FunnelDbtTranslator()

    @dbt_assets(
        manifest=project.manifest(),
        name="build_models",
        dagster_dbt_translator=translator,
    )
    def build_models(
        context: dg.AssetExecutionContext, funnel: dg.ResourceParam[RunContext]
    ) -> Iterator[Any]:
        from orchestration.build.events import build_events, selected_nodes

        selected = selected_nodes(context, project.manifest(), translator)
        # part of the models in another state than the rest would be marts of two days
        settings = funnel.of_last_build if selected else funnel.settings
        inputs = Inputs.of(settings, project)
        if not selected:
            changes = published_changes(settings, inputs)
            if not changes:
                say("nothing has changed since the marts were published: they stay as they are")
                return
            say(f"since the marts were published: {'; '.join(changes)}")
        planned = planned_build(settings, project, inputs, selected=selected)
        yield from build_events(planned, selected, context, translator)

    return build_models


def mart_keys(project: ParsedProject) -> dict[str, dg.AssetKey]:
    """The published models by name."""
    return {
        node["name"]: dg.AssetKey([node["config"]["schema"], node["name"]])
        for node in project.manifest()["nodes"].values()
        if is_mart(node)
    }
