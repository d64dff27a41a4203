"""The rules of the funnel, kept as CSV files: read, checked, staged for dbt and linted."""

from pipelines.rules.checking import Rules, check_rules, load_rules
from pipelines.rules.findings import Finding, Observed
from pipelines.rules.lint import lint, rules_report
from pipelines.rules.staging import fingerprint, stage_rules

__all__ = [
    "Finding",
    "Observed",
    "Rules",
    "check_rules",
    "fingerprint",
    "lint",
    "load_rules",
    "rules_report",
    "stage_rules",
]
