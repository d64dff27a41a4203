"""The funnel by day: every cycle enters it, and the open ones are in it on the reported day."""

import great_expectations.expectations as gxe

from expectations.comparisons import nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite, impossible

MART = "funnel_daily"
GRAIN = ("date", "stage", "lead_source")

# a lead that sales lost before it was created begins again on a day before the first lead's
CYCLES_COUNTED = f"""
with

first_lead as (

    select min(started_date) as day
    from marts.fct_lead_cycles
    where cycle_number = 1

)

select
    (
        select count(*) from marts.fct_lead_cycles
        where started_date >= (select day from first_lead)
    ) as cycles_started,
    coalesce(cast(sum(entered) filter (where stage = 'lead') as bigint), 0) as leads_entered,
    (select count(*) from marts.fct_lead_cycles where closed_date is null) as cycles_open,
    coalesce(cast(sum(open_at_end) filter (where date = $as_of) as bigint), 0) as open_on_the_day
from marts.{MART}
"""


def suites(_limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of(MART, GRAIN, dates=("date",)),
        Suite(
            name="days_counted",
            table=MART,
            needs=(f"marts.{MART}", "marts.fct_lead_cycles"),
            query=CYCLES_COUNTED,
            expectations=[
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "every_cycle_enters",
                    "every cycle from the first lead on enters the stage lead",
                    column_A="leads_entered",
                    column_B="cycles_started",
                ),
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "every_open_cycle_counted",
                    "on the reported day the stages hold every open cycle",
                    column_A="open_on_the_day",
                    column_B="cycles_open",
                ),
            ],
        ),
    ]
