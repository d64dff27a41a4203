"""Hand-offs: as many in every mart that counts them."""

import great_expectations.expectations as gxe

from expectations.comparisons import month_jump, nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite, impossible

HANDOFFS_BY_MONTH = """
    select
        'handoffs' as series,
        cast(date_trunc('month', handed_off_date) as date) as month,
        count(*) as amount
    from marts.fct_handoffs
    group by all
"""

COUNTED_THRICE = """
with

facts as (

    select
        cast(date_trunc('month', handed_off_date) as date) as handoff_month,
        count(*) as handoffs,
        count(*) filter (where is_mature and outcome <> 'withdrawn') as mature,
        count(*) filter (where is_ignored_at_deadline) as ignored_at_deadline,
        count(*) filter (where is_ignored) as ignored
    from marts.fct_handoffs
    group by all

),

detailed as (

    select
        handoff_month,
        sum(handoffs) as handoffs,
        sum(mature_handoffs) as mature,
        sum(ignored_at_deadline) as ignored_at_deadline,
        sum(ignored) as ignored
    from marts.ignore_rate
    group by all

),

monthly as (

    select handoff_month, handoffs, mature_handoffs as mature, ignored_at_deadline, ignored
    from marts.ignore_rate_monthly

)

select
    handoff_month,
    {counts}
from facts
full join detailed using (handoff_month)
full join monthly using (handoff_month)
order by handoff_month
"""

COUNTS = ("handoffs", "mature", "ignored_at_deadline", "ignored")


def suites(limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of("fct_handoffs", ("handoff_id",), dates=("handed_off_date",)),
        Suite(
            name="handoffs_counted",
            table="fct_handoffs",
            needs=("marts.fct_handoffs", "marts.ignore_rate", "marts.ignore_rate_monthly"),
            query=COUNTED_THRICE.format(counts=",\n    ".join(_compared(name) for name in COUNTS)),
            keys=("handoff_month",),
            expectations=[
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    f"{name}_in_{mart}",
                    f"{mart} counts every hand-off of fct_handoffs",
                    column_A=f"{name}_facts",
                    column_B=f"{name}_{source}",
                )
                for name in COUNTS
                for source, mart in (
                    ("detailed", "ignore_rate"),
                    ("monthly", "ignore_rate_monthly"),
                )
            ],
        ),
        month_jump("fct_handoffs", HANDOFFS_BY_MONTH, limits),
    ]


def _compared(name: str) -> str:
    sources = ("facts", "detailed", "monthly")
    return ", ".join(
        f"coalesce(cast({source}.{name} as bigint), 0) as {name}_{source}" for source in sources
    )
