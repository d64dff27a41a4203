"""Cycles: none after the reported day, numbered without a gap."""

import great_expectations.expectations as gxe

from expectations.comparisons import nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite, impossible

MART = "fct_lead_cycles"
DATES = (
    "started_date",
    "mql_date",
    "handed_off_date",
    "sal_date",
    "appointment_date",
    "opportunity_date",
    "won_date",
    "closed_date",
)
GAPS = f"""
    select person_id, count(*) as cycles, max(cycle_number) as last_number
    from marts.{MART}
    group by person_id
    having count(*) <> max(cycle_number)
"""


def suites(_limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of(MART, ("person_id", "cycle_number"), dates=DATES),
        Suite(
            name=MART,
            table=MART,
            needs=(f"marts.{MART}",),
            query=f"select count(*) as persons_with_gaps from ({GAPS})",
            evidence={"cycles_numbered": f"{GAPS} order by all limit 5"},
            expectations=[
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "cycles_numbered",
                    "a person has as many cycles as the number of the last one",
                    column="persons_with_gaps",
                    max_value=0,
                )
            ],
        ),
    ]
