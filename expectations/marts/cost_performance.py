"""Costs: all of them counted in every model, beside the very credits of attribution."""

import great_expectations.expectations as gxe

from expectations.comparisons import nothing_after_as_of
from expectations.limits import Limits
from expectations.marts.attribution import STAGES
from expectations.suite import Suite, impossible

MART = "cost_performance"
GRAIN = ("month", "channel", "campaign", "model")

CREDITS_COMPARED = f"""
with

attributed as (

    select conversion_stage, model, sum(credit) as credits
    from marts.attribution
    group by all

),

counted as (

    {
    " union all ".join(
        f"select '{stage}' as conversion_stage, model, sum({stage}) as credits"
        f" from marts.{MART} group by model"
        for stage in STAGES
    )
}

)

select
    conversion_stage,
    model,
    round(attributed.credits, 6) as credits,
    abs(coalesce(attributed.credits, 0) - coalesce(counted.credits, 0))
        / greatest(1, coalesce(attributed.credits, 0)) as credits_missed
from attributed
full join counted using (conversion_stage, model)
order by conversion_stage, model
"""

COSTS_COMPARED = f"""
with

spent as (

    select coalesce(sum(amount), 0) as cost
    from raw.costs
    where not _is_replaced and occurred_at < $ends_at

),

counted as (

    select model, sum(cost) as cost
    from marts.{MART}
    group by model

)

select model, counted.cost, spent.cost as cost_loaded
from counted
cross join spent
order by model
"""


def suites(_limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of(MART, GRAIN, dates=("month",)),
        Suite(
            name="cost_credits",
            table=MART,
            needs=(f"marts.{MART}", "marts.attribution"),
            query=CREDITS_COMPARED,
            keys=("conversion_stage", "model", "credits"),
            expectations=[
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "credits_are_those_of_attribution",
                    "the credits of all months together are those of attribution",
                    column="credits_missed",
                    max_value=1e-6,
                )
            ],
        ),
        Suite(
            name="costs_counted",
            table=MART,
            needs=(f"marts.{MART}", "raw.costs"),
            query=COSTS_COMPARED,
            keys=("model", "cost", "cost_loaded"),
            expectations=[
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "every_cost_counted",
                    "each model has all costs up to the reported day",
                    column_A="cost",
                    column_B="cost_loaded",
                )
            ],
        ),
    ]
