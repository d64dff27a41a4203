"""Cycles: numbered without a gap, their stages in order."""

from itertools import pairwise

import great_expectations.expectations as gxe

from expectations.comparisons import grain
from expectations.limits import Limits
from expectations.suite import Suite, impossible

MART = "fct_lead_cycles"
STAGE_DATES = (
    "mql_date",
    "handed_off_date",
    "sal_date",
    "appointment_date",
    "opportunity_date",
    "won_date",
)
# a later stage implies every earlier one, so dates neither fall nor begin after a null
OUT_OF_ORDER = " or ".join(
    f"({later} is not null and ({earlier} is null or {earlier} > {later}))"
    for earlier, later in pairwise(STAGE_DATES)
)
NUMBERED = f"""
    select person_id, count(*) as cycles, max(cycle_number) as last_number
    from marts.{MART}
    group by person_id
    having count(*) <> max(cycle_number) or min(cycle_number) <> 1
"""


def suites(_limits: Limits) -> list[Suite]:
    return [
        grain(
            MART,
            ("person_id", "cycle_number"),
            dates=("started_date", "closed_date", *STAGE_DATES),
        ),
        Suite(
            name=MART,
            table=MART,
            needs=(f"marts.{MART}",),
            query=f"""
                select
                    count(*) filter (where {OUT_OF_ORDER}) as out_of_order,
                    (select count(*) from ({NUMBERED})) as persons_with_gaps
                from marts.{MART}
            """,
            evidence={
                "stages_in_order": f"""
                    select person_id, cycle_number, {", ".join(STAGE_DATES)}
                    from marts.{MART} where {OUT_OF_ORDER} order by all limit 5
                """,
                "cycles_numbered": f"{NUMBERED} order by all limit 5",
            },
            expectations=[
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "stages_in_order",
                    "no stage is dated before an earlier one, none is skipped",
                    column="out_of_order",
                    max_value=0,
                ),
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "cycles_numbered",
                    "a person's cycles are numbered from 1 without a gap",
                    column="persons_with_gaps",
                    max_value=0,
                ),
            ],
        ),
    ]
