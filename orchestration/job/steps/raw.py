"""Step 2: dlt loads what is new in the landing folder, then the raw batch is judged."""

from collections.abc import Iterator

import dagster as dg

from orchestration.build.inputs import Inputs
from orchestration.build.project import ParsedProject
from orchestration.console import say
from orchestration.job.checks import check_specs, gate_results
from orchestration.job.context import RunContext
from orchestration.job.steps.rules import CHECKED_RULES
from orchestration.published.judging import judge
from orchestration.published.record import RAW_GATE, judged_rows
from pipelines.feeds import FEEDS

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
def raw_feeds(funnel: dg.ResourceParam[RunContext]) -> Iterator[dg.MaterializeResult[None]]:
    """Load new file contents; quarantined rows and replaced ones are in the metadata."""
    from pipelines.load import load

    say("looking for new files")
    funnel.load_report = load(funnel.settings, say, funnel.landing)
    for warning in funnel.load_report.warnings:
        say(f"warning: {warning}")
    for feed in funnel.load_report.feeds:
        yield dg.MaterializeResult(
            asset_key=RAW_KEYS[feed.feed],
            metadata={
                "rows_read": feed.rows_read,
                "rows_loaded": feed.rows_loaded,
                "rows_replaced": feed.rows_replaced,
                "rows_quarantined": feed.rows_quarantined,
                "first_quarantined": [
                    row.place for row in funnel.load_report.quarantined if row.feed == feed.feed
                ],
            },
        )


def raw_gate(project: ParsedProject) -> dg.AssetChecksDefinition:
    """Great Expectations over the raw batch; what is impossible stops the run here."""

    @dg.multi_asset_check(name="raw_gate", specs=check_specs(RAW_KEYS.values()), can_subset=True)
    def judge_raw(
        context: dg.AssetCheckExecutionContext, funnel: dg.ResourceParam[RunContext]
    ) -> Iterator[dg.AssetCheckResult]:
        from expectations.gate import run_raw_gate

        inputs = Inputs.of(funnel.settings, project)
        selected = context.op_execution_context.selected_asset_check_keys
        wanted = {check.asset_key for check in selected}
        report = judge(
            funnel.settings.home,
            RAW_GATE,
            judged_rows(inputs),
            lambda: run_raw_gate(funnel.settings, funnel.rules, funnel.limits, context.run.run_id),
        )
        keys = {name: key for name, key in RAW_KEYS.items() if key in wanted}
        yield from gate_results(keys, report)

    return judge_raw
