"""The ignore rate by month: bounds hold, the sales feed is fresh, and no month jumps."""

import great_expectations.expectations as gxe

from expectations.comparisons import nothing_after_as_of
from expectations.limits import Limits
from expectations.marts.ignore_rate import (
    GREATEST_SHARE,
    LEAST_SHARE,
    counts_and_rates,
)
from expectations.suite import Suite, impossible, improbable

MART = "ignore_rate_monthly"
BOUNDS = ("ignore_rate_low", "ignore_rate_high")

RATE_JUMP = """
with

last_complete as (

    select cast(date_trunc('month', $as_of + 1) as date) as after_it

),

marked as (

    select
        monthly.*,
        handoff_month = after_it - interval 1 month as is_judged
    from marts.ignore_rate_monthly as monthly
    cross join last_complete
    where
        handoff_month < after_it
        and handoff_month >= after_it - to_months($months_of_history + 1)

),

compared as (

    select
        max(handoff_month) as handoff_month,
        sum(mature_handoffs) filter (where is_judged) as month_handoffs,
        sum(mature_handoffs) filter (where not is_judged) as earlier_handoffs,
        sum(ignored) filter (where is_judged) / month_handoffs as month_rate,
        sum(ignored) filter (where not is_judged) / earlier_handoffs as earlier_rate
    from marked

)

select handoff_month, month_rate, earlier_rate, round(month_rate - earlier_rate, 6) as rate_change
from compared
where month_handoffs >= $fewest_rows and earlier_handoffs >= $fewest_rows
"""


def suites(limits: Limits) -> list[Suite]:
    jump = limits["marts.rate_jump"]
    return [
        nothing_after_as_of(MART, ("handoff_month",), dates=("handoff_month",)),
        counts_and_rates(MART, ("handoff_month",)),
        Suite(
            name="ignore_rate_bounds",
            table=MART,
            needs=("marts.ignore_rate_monthly",),
            query="""
                select
                    *,
                    case
                        when isnan(ignore_rate_low)
                            or (ignore_rate_low is null) <> (ignore_rate is null) then -1
                        else ignore_rate - ignore_rate_low
                    end as room_below,
                    case
                        when isnan(ignore_rate_high)
                            or (ignore_rate_high is null) <> (ignore_rate is null) then -1
                        else ignore_rate_high - ignore_rate
                    end as room_above
                from marts.ignore_rate_monthly
            """,
            keys=("handoff_month",),
            expectations=[
                *(
                    impossible(
                        gxe.ExpectColumnValuesToBeBetween,
                        f"{bound}_is_a_share",
                        "a bound is between 0 and 1",
                        column=bound,
                        min_value=LEAST_SHARE,
                        max_value=GREATEST_SHARE,
                    )
                    for bound in BOUNDS
                ),
                *(
                    impossible(
                        gxe.ExpectColumnValuesToBeBetween,
                        f"rate_within_{bound}",
                        "the ignore rate is within its bounds",
                        column=room,
                        min_value=LEAST_SHARE,
                    )
                    for bound, room in zip(BOUNDS, ("room_below", "room_above"), strict=True)
                ),
            ],
        ),
        Suite(
            name="sales_feed",
            table=MART,
            needs=("marts.ignore_rate_monthly",),
            query="""
                select count(*) filter (where is_feed_stale) as provisional_months
                from marts.ignore_rate_monthly
            """,
            expectations=[
                improbable(
                    limits["marts.stale_sales_feed"],
                    gxe.ExpectColumnValuesToBeBetween,
                    "sales_feed_is_fresh",
                    "sales wrote something in the last five business days, or the rates are"
                    " provisional",
                    column="provisional_months",
                    max_value=0,
                )
            ],
        ),
        Suite(
            name="sales_outcomes",
            table=MART,
            needs=("marts.ignore_rate_monthly",),
            query="""
                select count(*) filter (where is_outcome_only) as months_of_outcomes_alone
                from marts.ignore_rate_monthly
            """,
            expectations=[
                improbable(
                    limits["marts.outcomes_alone"],
                    gxe.ExpectColumnValuesToBeBetween,
                    "sales_records_its_work",
                    "some hand-off was attempted, contacted, accepted or rejected, or ignored"
                    " means not won",
                    column="months_of_outcomes_alone",
                    max_value=0,
                )
            ],
        ),
        Suite(
            name="ignore_rate_jump",
            table=MART,
            needs=("marts.ignore_rate_monthly",),
            query=RATE_JUMP,
            values=jump,
            keys=("handoff_month", "earlier_rate", "month_rate"),
            expectations=[
                improbable(
                    jump,
                    gxe.ExpectColumnValuesToBeBetween,
                    "rate_does_not_jump",
                    "the last complete month's ignore rate is near that of the months before",
                    column="rate_change",
                    min_value=-jump["change_share"],
                    max_value=jump["change_share"],
                )
            ],
        ),
    ]
