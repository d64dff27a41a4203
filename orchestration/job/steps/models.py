"""Step 3: dbt builds seeds, staging, intermediate and marts, its tests as checks."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from orchestration.build.project import ParsedProject
from orchestration.build.state import changes, current_state
from orchestration.console import say
from orchestration.home.last_run import forget_state
from orchestration.job.resources import FunnelResource
from orchestration.job.steps.rules import CHECKED_RULES

BUILD_MODELS = "build_models"


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
        manifest=project.description(),
        name=BUILD_MODELS,
        dagster_dbt_translator=translator,
    )
    def build_models(context: dg.AssetExecutionContext, funnel: FunnelResource) -> Iterator[Any]:
        settings = funnel.settings(context.run.run_id)
        reasons = changes(settings, current_state(settings, project))
        if not reasons:
            say("nothing has changed since the marts were published: they stay as they are")
            return
        from orchestration.build.events import build

        say(f"building and testing the models: {'; '.join(reasons)}")
        forget_state(settings.home)
        yield from build(settings, project, context, translator)

    return build_models


def mart_keys(project: ParsedProject) -> dict[str, dg.AssetKey]:
    """The published models by name."""
    return {
        node["name"]: dg.AssetKey([node["config"]["schema"], node["name"]])
        for node in project.description()["nodes"].values()
        if node["resource_type"] == "model" and node["config"].get("schema") == "marts"
    }
