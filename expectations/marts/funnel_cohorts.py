"""The funnel by cohort: it never widens, and holds every cycle."""

from itertools import pairwise

import great_expectations.expectations as gxe

from expectations.comparisons import nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite, impossible

MART = "funnel_cohorts"
GRAIN = ("cohort_month", "lead_source", "fit_grade", "account_tier", "is_returning")
STEPS = ("cycles", "mql", "handed_off", "sal", "appointment", "opportunity", "won")

CYCLES_COUNTED = """
with

started as (

    select cast(date_trunc('month', started_date) as date) as cohort_month, count(*) as cycles
    from marts.fct_lead_cycles
    group by all

),

grouped as (

    select cohort_month, sum(cycles) as cycles
    from marts.funnel_cohorts
    group by all

)

select
    cohort_month,
    coalesce(started.cycles, 0) as cycles_started,
    coalesce(cast(grouped.cycles as bigint), 0) as cycles_in_cohorts
from started
full join grouped using (cohort_month)
order by cohort_month
"""


def suites(_limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of(MART, GRAIN, dates=("cohort_month",)),
        Suite(
            name=MART,
            table=MART,
            needs=(f"marts.{MART}",),
            query=f"""
                select
                    {", ".join(GRAIN)},
                    {", ".join(f"coalesce({step}, -1) as {step}" for step in STEPS)}
                from marts.{MART}
            """,
            keys=GRAIN,
            expectations=[
                *(
                    impossible(
                        gxe.ExpectColumnPairValuesAToBeGreaterThanB,
                        f"{narrower}_within_{wider}",
                        "the funnel does not widen",
                        column_A=wider,
                        column_B=narrower,
                        or_equal=True,
                    )
                    for wider, narrower in pairwise(STEPS)
                ),
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "counts_not_negative",
                    "no count is below 0",
                    column="won",
                    min_value=0,
                ),
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "cohorts_not_empty",
                    "every listed cohort has a cycle",
                    column="cycles",
                    min_value=1,
                ),
            ],
        ),
        Suite(
            name="cohorts_counted",
            table=MART,
            needs=(f"marts.{MART}", "marts.fct_lead_cycles"),
            query=CYCLES_COUNTED,
            keys=("cohort_month",),
            expectations=[
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "every_cycle_in_a_cohort",
                    "the cohorts of a month hold the cycles that began in it",
                    column_A="cycles_started",
                    column_B="cycles_in_cohorts",
                )
            ],
        ),
    ]
