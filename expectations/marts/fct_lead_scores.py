"""Scores and what they are made of: one range for each day on which it begins."""

from expectations.comparisons import grain
from expectations.limits import Limits
from expectations.suite import Suite


def suites(_limits: Limits) -> list[Suite]:
    return [
        grain("fct_lead_scores", ("person_id", "valid_from"), dates=("valid_from", "valid_to")),
        grain(
            "fct_score_contributions",
            ("person_id", "rule_id", "valid_from"),
            dates=("valid_from", "valid_to"),
        ),
    ]
