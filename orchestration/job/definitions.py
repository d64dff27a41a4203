"""The whole job: one asset graph from raw file to published mart, and its daily schedule."""

import dagster as dg

from orchestration.build.project import ParsedProject, parsed_project
from orchestration.job.resources import FunnelResource
from orchestration.job.resuming import Stage
from orchestration.job.schedule import daily_refresh
from orchestration.job.steps.models import BUILD_MODELS, dbt_models, mart_keys
from orchestration.job.steps.published import (
    MARTS_GATE,
    PUBLISHED_MARTS,
    marts_gate,
    published_dashboard,
    published_marts,
)
from orchestration.job.steps.raw import RAW_GATE, raw_feeds, raw_gate
from orchestration.job.steps.rules import checked_rules
from pipelines.settings import default_home

REFRESH_JOB = "refresh"


def stages(project: ParsedProject) -> list[Stage]:
    """The steps of the job in their order, each with the assets that it builds or judges."""
    marts = mart_keys(project)
    return [
        (checked_rules.op.name, list(checked_rules.keys)),
        (raw_feeds.op.name, list(raw_feeds.keys)),
        (RAW_GATE, list(raw_feeds.keys)),
        (BUILD_MODELS, list(dbt_models(project).keys)),
        (MARTS_GATE, list(marts.values())),
        (published_marts(marts, project).op.name, [PUBLISHED_MARTS]),
        (published_dashboard.op.name, list(published_dashboard.keys)),
    ]


@dg.definitions
def definitions() -> dg.Definitions:
    """Build the graph; the models come from the parsed dbt project of the home."""
    project = parsed_project(default_home())
    marts = mart_keys(project)
    refresh = dg.define_asset_job(REFRESH_JOB, selection=dg.AssetSelection.all())
    return dg.Definitions(
        assets=[
            checked_rules,
            raw_feeds,
            dbt_models(project),
            published_marts(marts, project),
            published_dashboard,
        ],
        asset_checks=[raw_gate(project), marts_gate(marts)],
        jobs=[refresh],
        schedules=[daily_refresh(REFRESH_JOB)],
        resources={"funnel": FunnelResource.configure_at_launch()},
        # one writer: DuckDB's file lock kills the multiprocess executor
        executor=dg.in_process_executor,
    )
