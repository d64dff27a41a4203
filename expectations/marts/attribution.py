"""Attribution: the credits of a month's conversions add up to their number, in every model."""

import great_expectations.expectations as gxe

from expectations.comparisons import nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite, impossible

MART = "attribution"
GRAIN = ("conversion_stage", "model", "channel", "campaign", "month")
STAGES = ("mql", "sal", "opportunity", "won")
MODELS = ("first", "last", "linear", "position", "time_decay")

CREDITS_COMPARED = """
with

conversions as (

    {conversions}

),

expected as (

    select
        conversion_stage,
        unnest({models}) as model,
        month,
        count(*) as conversions,
        cast(coalesce(sum(amount), 0) as double) as amount
    from conversions
    group by conversion_stage, month

),

credited as (

    select
        conversion_stage,
        model,
        month,
        sum(credit) as credits,
        cast(sum(credited_amount) as double) as amount
    from marts.attribution
    group by all

)

select
    conversion_stage,
    model,
    month,
    coalesce(conversions, 0) as conversions,
    round(coalesce(credits, 0), 6) as credits,
    abs(coalesce(credits, 0) - coalesce(conversions, 0)) as credits_missed,
    abs(coalesce(credited.amount, 0) - coalesce(expected.amount, 0))
        / greatest(1, abs(coalesce(expected.amount, 0))) as amount_missed
from expected
full join credited using (conversion_stage, model, month)
order by conversion_stage, model, month
"""


def suites(_limits: Limits) -> list[Suite]:
    conversions = " union all ".join(
        f"select '{stage}' as conversion_stage,"
        f" cast(date_trunc('month', {stage}_date) as date) as month, amount"
        f" from marts.fct_lead_cycles where {stage}_date is not null"
        for stage in STAGES
    )
    return [
        nothing_after_as_of(MART, GRAIN, dates=("month",)),
        Suite(
            name=MART,
            table=MART,
            needs=(f"marts.{MART}",),
            query=f"select {', '.join(GRAIN)}, credit from marts.{MART}",
            keys=GRAIN,
            expectations=[
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "credit_positive",
                    "every listed credit is above 0",
                    column="credit",
                    min_value=0,
                    strict_min=True,
                )
            ],
        ),
        Suite(
            name="credits_counted",
            table=MART,
            needs=(f"marts.{MART}", "marts.fct_lead_cycles"),
            query=CREDITS_COMPARED.format(conversions=conversions, models=list(MODELS)),
            keys=("conversion_stage", "model", "month", "conversions", "credits"),
            expectations=[
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "credits_add_up",
                    "the credits of one conversion add up to 1",
                    column="credits_missed",
                    max_value=1e-6,
                ),
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "amounts_add_up",
                    "the credited amounts add up to the amounts of the cycles",
                    column="amount_missed",
                    max_value=1e-6,
                ),
            ],
        ),
    ]
