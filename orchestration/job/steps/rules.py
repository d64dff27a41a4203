"""Step 1: the rules are checked and staged for dbt's seeds before anything is touched."""

import dagster as dg

from orchestration.job.context import RunContext
from pipelines.rules import stage_rules

CHECKED_RULES = dg.AssetKey(["rules", "checked"])


@dg.asset(key=CHECKED_RULES, group_name="rules", kinds={"csv"})
def checked_rules(funnel: dg.ResourceParam[RunContext]) -> dg.MaterializeResult[None]:
    """The rule files of this run, free of the faults that the contract names."""
    stage_rules(funnel.rules, funnel.settings.staged_rules)
    folder = str(funnel.settings.rules)
    return dg.MaterializeResult(metadata={"rules": folder, "warnings": funnel.rules.warnings})
