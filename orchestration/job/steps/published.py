"""Steps 4 to 6: the marts are judged, then published whole and atomically, then drawn."""

from collections.abc import Iterator, Mapping

import dagster as dg

from orchestration.build.project import ParsedProject
from orchestration.build.state import current_state
from orchestration.console import say
from orchestration.dashboard.writing import refresh_dashboard
from orchestration.home.last_run import remember
from orchestration.job.checks import check_results, check_specs
from orchestration.job.resources import FunnelResource
from orchestration.published.writing import publish

MARTS_GATE = "marts_gate"
PUBLISHED_MARTS = dg.AssetKey(["published", "marts"])
PUBLISHED_DASHBOARD = dg.AssetKey(["published", "dashboard"])


def marts_gate(marts: Mapping[str, dg.AssetKey]) -> dg.AssetChecksDefinition:
    """Great Expectations over the marts; what is impossible is not published."""

    @dg.multi_asset_check(name=MARTS_GATE, specs=check_specs(marts.values()))
    def judge_marts(
        context: dg.AssetCheckExecutionContext, funnel: FunnelResource
    ) -> Iterator[dg.AssetCheckResult]:
        from expectations.gate import run_marts_gate

        say("judging the marts")
        report = run_marts_gate(funnel.settings(context.run.run_id), context.run.run_id)
        yield from check_results(report, marts)

    return judge_marts


def published_marts(
    marts: Mapping[str, dg.AssetKey], project: ParsedProject
) -> dg.AssetsDefinition:
    """The file that BI tools open."""

    @dg.asset(
        key=PUBLISHED_MARTS,
        deps=list(marts.values()),
        group_name="published",
        kinds={"duckdb"},
    )
    def publish_marts(
        context: dg.AssetExecutionContext, funnel: FunnelResource
    ) -> dg.MaterializeResult:
        """Write the marts and the load audit into a fresh file and swap it in."""
        settings = funnel.settings(context.run.run_id)
        rows = publish(settings, project)
        remember(settings, current_state(settings, project))
        return dg.MaterializeResult(metadata={"rows": rows})

    return publish_marts


@dg.asset(
    key=PUBLISHED_DASHBOARD,
    deps=[PUBLISHED_MARTS],
    group_name="published",
    kinds={"altair"},
)
def published_dashboard(
    context: dg.AssetExecutionContext, funnel: FunnelResource
) -> dg.MaterializeResult:
    """The page for people, made from the published file and nothing else."""
    settings = funnel.settings(context.run.run_id)
    is_new = refresh_dashboard(settings.home)
    return dg.MaterializeResult(metadata={"file": str(settings.dashboard), "is_new": is_new})
