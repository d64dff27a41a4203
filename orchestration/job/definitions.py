"""The whole job: one asset graph from raw file to published mart, and what starts it."""

import dagster as dg

from orchestration.build.project import ParsedProject, parsed_project
from orchestration.company.configuration import configuration
from orchestration.job.context import RunContext
from orchestration.job.resources import RESOURCE, funnel_resource
from orchestration.job.schedule import daily_refresh
from orchestration.job.sensor import new_files
from orchestration.job.steps.models import dbt_models, mart_keys
from orchestration.job.steps.published import marts_gate, published_dashboard, published_marts
from orchestration.job.steps.raw import raw_feeds, raw_gate
from orchestration.job.steps.rules import checked_rules

REFRESH_JOB = "refresh"


def definitions(project: ParsedProject, prepared: RunContext | None = None) -> dg.Definitions:
    """The graph of a parsed dbt project; `prepared` is the run of a command line."""
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
        sensors=[new_files(REFRESH_JOB)],
        resources={RESOURCE: funnel_resource(prepared)},
        # one writer: DuckDB's file lock kills the multiprocess executor
        executor=dg.in_process_executor,
    )


@dg.definitions
def of_default_home() -> dg.Definitions:
    """What `funnel dev` shows: the project as parsed for the home of the current folder."""
    chosen = configuration()
    return definitions(parsed_project(chosen.home, chosen.project, chosen.engine["engine"]))
