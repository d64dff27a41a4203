"""Steps 4 to 6: the marts are judged, then published whole and atomically, then drawn."""

from collections.abc import Iterator, Mapping

import dagster as dg

from orchestration.build.project import ParsedProject
from orchestration.dashboard.writing import refresh_dashboard
from orchestration.job.checks import check_specs, gate_results
from orchestration.job.context import RunContext
from orchestration.published.judging import judge_marts
from orchestration.published.reading import ask, open_published
from orchestration.published.writing import publish
from pipelines.settings import Settings

LAST_KPIS = """
    select kpi_id, actual
    from kpi_scorecard
    where month + interval 1 month <= $as_of + 1 and actual is not null
    qualify row_number() over (partition by kpi_id order by month desc) = 1
    order by kpi_id
"""
PUBLISHED_MARTS = dg.AssetKey(["published", "marts"])
PUBLISHED_DASHBOARD = dg.AssetKey(["published", "dashboard"])


def marts_gate(marts: Mapping[str, dg.AssetKey]) -> dg.AssetChecksDefinition:
    """Great Expectations over the marts; what is impossible is not published."""

    @dg.multi_asset_check(name="marts_gate", specs=check_specs(marts.values()), can_subset=True)
    def judge_built(
        context: dg.AssetCheckExecutionContext, funnel: dg.ResourceParam[RunContext]
    ) -> Iterator[dg.AssetCheckResult]:
        wanted = {one.asset_key for one in context.op_execution_context.selected_asset_check_keys}
        yield from gate_results(
            {name: key for name, key in marts.items() if key in wanted},
            judge_marts(funnel.settings, funnel.limits, context.run.run_id),
        )

    return judge_built


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
    def publish_marts(funnel: dg.ResourceParam[RunContext]) -> dg.MaterializeResult[None]:
        """Write the marts and the load audit into a fresh file and swap it in."""
        rows = publish(funnel.settings, project)
        return dg.MaterializeResult(metadata={"rows": rows, **_figures(funnel.settings)})

    return publish_marts


def _figures(settings: Settings) -> dict[str, float]:
    """Each KPI of the last complete month, of which Dagster draws the course over its runs."""
    with open_published(settings.home) as marts:
        found = ask(marts, LAST_KPIS, as_of=settings.as_of).fetchall()
    return {f"kpi {name}": float(actual) for name, actual in found}


@dg.asset(
    key=PUBLISHED_DASHBOARD,
    deps=[PUBLISHED_MARTS],
    group_name="published",
    kinds={"altair"},
)
def published_dashboard(funnel: dg.ResourceParam[RunContext]) -> dg.MaterializeResult[None]:
    """The page for people, made from the published file and nothing else."""
    is_new = refresh_dashboard(funnel.settings.home)
    return dg.MaterializeResult(metadata={"file": str(funnel.settings.dashboard), "is_new": is_new})
