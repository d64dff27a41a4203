"""Step 2: dlt loads what is new in the landing folder, then the raw batch is judged."""

from collections.abc import Iterator

import dagster as dg

from orchestration.build.project import ParsedProject
from orchestration.build.state import is_published
from orchestration.console import say
from orchestration.job.checks import check_results, check_specs, unchanged_results
from orchestration.job.resources import FunnelResource
from orchestration.job.steps.rules import CHECKED_RULES
from orchestration.reports.quarantine import FIRST_QUARANTINED, ROWS_QUARANTINED
from pipelines.feeds import FEEDS

RAW_GATE = "raw_gate"
RAW_KEYS = {feed.name: dg.AssetKey(["raw", feed.name]) for feed in FEEDS}


# dagster-dlt's own runner drops pending load packages; those are what a killed run resumes from
@dg.multi_asset(
    name="load_landing_folder",
    specs=[
        dg.AssetSpec(
            key,
            deps=[CHECKED_RULES],
            group_name="raw",
            kinds={"dlt", "duckdb"},
            description=f"Rows of the landing folder {name}, typed and audited.",
        )
        for name, key in RAW_KEYS.items()
    ],
)
def raw_feeds(
    context: dg.AssetExecutionContext, funnel: FunnelResource
) -> Iterator[dg.MaterializeResult]:
    """Load new file contents; quarantined rows and replaced ones are in the metadata."""
    from pipelines.load import load

    say("looking for new files")
    report = load(funnel.settings(context.run.run_id), say)
    for warning in report.warnings:
        say(f"warning: {warning}")
    for feed in report.feeds:
        yield dg.MaterializeResult(
            asset_key=RAW_KEYS[feed.feed],
            metadata={
                "rows_read": feed.rows_read,
                "rows_loaded": feed.rows_loaded,
                "rows_replaced": feed.rows_replaced,
                ROWS_QUARANTINED: feed.rows_quarantined,
                FIRST_QUARANTINED: [
                    str(row) for row in report.quarantined if row.feed == feed.feed
                ],
            },
        )


def raw_gate(project: ParsedProject) -> dg.AssetChecksDefinition:
    """Great Expectations over the raw batch; what is impossible stops the run here."""

    @dg.multi_asset_check(name=RAW_GATE, specs=check_specs(RAW_KEYS.values()))
    def judge_raw(
        context: dg.AssetCheckExecutionContext, funnel: FunnelResource
    ) -> Iterator[dg.AssetCheckResult]:
        settings = funnel.settings(context.run.run_id)
        if is_published(settings, project):
            yield from unchanged_results(RAW_KEYS)
            return
        from expectations.gate import run_raw_gate

        say("judging the raw batch")
        report = run_raw_gate(settings, context.run.run_id)
        yield from check_results(report, RAW_KEYS)

    return judge_raw
