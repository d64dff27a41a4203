"""Conversion over time: a share between 0 and 1 that never falls."""

import great_expectations.expectations as gxe

from expectations.comparisons import nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite, impossible

MART = "conversion_curve"
GRAIN = ("cohort_quarter", "stage", "days_since_start")

STEPS = f"""
select
    *,
    share - lag(share) over (
        partition by cohort_quarter, stage order by days_since_start
    ) as share_gained
from marts.{MART}
"""


def suites(_limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of(MART, GRAIN, dates=("cohort_quarter",)),
        Suite(
            name=MART,
            table=MART,
            needs=(f"marts.{MART}",),
            query=STEPS,
            keys=GRAIN,
            expectations=[
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "share_within_0_and_1",
                    "a share is between 0 and 1",
                    column="share",
                    min_value=0,
                    # products of many factors may miss 1 by their last digits
                    max_value=1 + 1e-9,
                ),
                impossible(
                    gxe.ExpectColumnValuesToNotBeNull,
                    "share_is_a_number",
                    "every listed day has a share",
                    column="share",
                ),
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "share_never_falls",
                    "what was reached stays reached",
                    column="share_gained",
                    min_value=-1e-9,
                ),
            ],
        ),
    ]
