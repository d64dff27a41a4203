"""Step 1: the rules are checked and staged for dbt's seeds before anything is touched."""

import dagster as dg

from orchestration.job.resources import FunnelResource
from pipelines.rules import check_rules, stage_rules

CHECKED_RULES = dg.AssetKey(["rules", "checked"])


@dg.asset(key=CHECKED_RULES, group_name="rules", kinds={"csv"})
def checked_rules(
    context: dg.AssetExecutionContext, funnel: FunnelResource
) -> dg.MaterializeResult:
    """The rule files of this run, free of the faults that the contract names."""
    settings = funnel.settings(context.run.run_id)
    warnings = check_rules(settings.rules)
    stage_rules(settings.rules, settings.home / "rules")
    return dg.MaterializeResult(metadata={"rules": str(settings.rules), "warnings": warnings})
