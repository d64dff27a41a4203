"""Spells of qualification: each once, and each with at least one day."""

import great_expectations.expectations as gxe

from expectations.comparisons import grain, month_jump
from expectations.limits import Limits
from expectations.suite import Suite, impossible

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
    empty = f"from marts.{MART} where qualified_to <= qualified_from"
    return [
        grain(MART, ("person_id", "qualified_from"), dates=("qualified_from", "qualified_to")),
        Suite(
            name=MART,
            table=MART,
            needs=(f"marts.{MART}",),
            query=f"select count(*) as empty_spells {empty}",
            evidence={
                "spells_have_days": f"""
                    select person_id, qualified_from, qualified_to {empty} order by all limit 5
                """
            },
            expectations=[
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "spells_have_days",
                    "a spell ends after it begins",
                    column="empty_spells",
                    max_value=0,
                )
            ],
        ),
        month_jump(MART, SPELLS_BY_MONTH, limits),
    ]
