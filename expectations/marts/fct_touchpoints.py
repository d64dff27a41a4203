"""Touchpoints: none after the reported day, no month that jumps."""

from expectations.comparisons import month_jump, nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite

TOUCHPOINTS_BY_MONTH = """
    select
        feed as series,
        cast(date_trunc('month', occurred_date) as date) as month,
        count(*) as amount
    from marts.fct_touchpoints
    group by all
"""


def suites(limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of(
            "fct_touchpoints", ("touchpoint_id",), dates=("occurred_date", "known_date")
        ),
        month_jump("fct_touchpoints", TOUCHPOINTS_BY_MONTH, limits),
    ]
