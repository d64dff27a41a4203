"""Spells of qualification: none after the reported day, no month that jumps."""

from expectations.comparisons import month_jump, nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite

MART = "fct_qualifications"

SPELLS_BY_MONTH = f"""
    select
        'spells begun' as series,
        cast(date_trunc('month', qualified_from) as date) as month,
        count(*) as amount
    from marts.{MART}
    group by all
"""


def suites(limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of(
            MART, ("person_id", "qualified_from"), dates=("qualified_from", "qualified_to")
        ),
        month_jump(MART, SPELLS_BY_MONTH, limits),
    ]
