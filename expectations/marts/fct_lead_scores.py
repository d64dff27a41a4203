"""Scores and what they are made of: no range begins or ends after the reported day."""

from expectations.comparisons import nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite


def suites(_limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of(
            "fct_lead_scores", ("person_id", "valid_from"), dates=("valid_from", "valid_to")
        ),
        nothing_after_as_of(
            "fct_score_contributions",
            ("person_id", "rule_id", "valid_from"),
            dates=("valid_from", "valid_to"),
        ),
    ]
