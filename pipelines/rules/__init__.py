"""The rules of the funnel, kept as CSV files: read, checked, staged for dbt and linted."""

from pipelines.rules.checking import Rules, check_rules, load_rules
from pipelines.rules.staging import fingerprint, stage_rules

__all__ = ["Rules", "check_rules", "fingerprint", "load_rules", "stage_rules"]
