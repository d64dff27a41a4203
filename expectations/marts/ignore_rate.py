"""The ignore rate: rates are shares, counts add up."""

import great_expectations.expectations as gxe

from expectations.comparisons import nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite, impossible

GRAIN = (
    "handoff_month",
    "sales_team",
    "routed_by",
    "lead_source",
    "account_tier",
    "fit_grade",
)
FOLLOWED = "(accepted + accepted_late)"
# numerator and denominator of each rate
RATES = {
    "ignore_rate": ("ignored", "mature_handoffs"),
    "sal_rate": (FOLLOWED, "mature_handoffs"),
    "no_follow_up_rate": ("no_follow_up", "mature_handoffs"),
    "ignored_at_deadline_rate": ("ignored_at_deadline", "mature_handoffs"),
    "rescue_rate": ("accepted_late", "ignored_at_deadline"),
}
# a bound at the very end may miss 0 or 1 by the last digit
LEAST_SHARE, GREATEST_SHARE = -1e-9, 1 + 1e-9

COUNTS = (
    "handoffs",
    "mature_handoffs",
    "not_mature",
    "withdrawn",
    "accepted",
    "accepted_late",
    "rejected",
    "stalled",
    "untouched",
    "no_follow_up",
    "ignored_at_deadline",
    "ignored",
)

# a missing count becomes one that cannot be, because two missing ones would pass as equal
JUDGED = """
with

counted as (

    select * replace ({present})
    from marts.{mart}

)

select
    *,
    mature_handoffs + not_mature + withdrawn as handoffs_by_maturity,
    {followed} + rejected + stalled + untouched as mature_by_outcome,
    {followed} + ignored as mature_by_acceptance,
    mature_handoffs - accepted as not_accepted_in_time,
    untouched + rejected as most_without_follow_up,
    least({counts}) as least_count,
    {errors}
from counted
"""


def suites(_limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of("ignore_rate", GRAIN, dates=("handoff_month",)),
        counts_and_rates("ignore_rate", GRAIN),
    ]


def counts_and_rates(mart: str, key: tuple[str, ...]) -> Suite:
    """What holds for these counts and rates at any grain."""
    return Suite(
        name=mart,
        table=mart,
        needs=(f"marts.{mart}",),
        query=JUDGED.format(
            mart=mart,
            followed=FOLLOWED,
            counts=", ".join(COUNTS),
            present=", ".join(f"coalesce({name}, -1) as {name}" for name in COUNTS),
            errors=",\n    ".join(_error(rate) for rate in RATES),
        ),
        keys=key,
        expectations=[
            impossible(
                gxe.ExpectColumnValuesToBeBetween,
                "counts_not_negative",
                "no count is below 0",
                column="least_count",
                min_value=0,
            ),
            impossible(
                gxe.ExpectColumnPairValuesToBeEqual,
                "handoffs_add_up",
                "mature, not mature and withdrawn hand-offs add up to all hand-offs",
                column_A="handoffs",
                column_B="handoffs_by_maturity",
            ),
            impossible(
                gxe.ExpectColumnPairValuesToBeEqual,
                "outcomes_add_up",
                "every mature hand-off has one outcome",
                column_A="mature_handoffs",
                column_B="mature_by_outcome",
            ),
            impossible(
                gxe.ExpectColumnPairValuesToBeEqual,
                "accepted_or_ignored",
                "every mature hand-off was accepted or ignored",
                column_A="mature_handoffs",
                column_B="mature_by_acceptance",
            ),
            impossible(
                gxe.ExpectColumnPairValuesToBeEqual,
                "deadline_adds_up",
                "hand-offs ignored at the deadline are those not accepted in time",
                column_A="ignored_at_deadline",
                column_B="not_accepted_in_time",
            ),
            impossible(
                gxe.ExpectColumnPairValuesAToBeGreaterThanB,
                "untouched_not_followed_up",
                "an untouched hand-off was not followed up",
                column_A="no_follow_up",
                column_B="untouched",
                or_equal=True,
            ),
            impossible(
                gxe.ExpectColumnPairValuesAToBeGreaterThanB,
                "not_followed_up_ignored",
                "only untouched and rejected hand-offs lack a follow-up",
                column_A="most_without_follow_up",
                column_B="no_follow_up",
                or_equal=True,
            ),
            *(
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    f"{rate}_is_a_share",
                    "a rate is between 0 and 1",
                    column=rate,
                    min_value=LEAST_SHARE,
                    max_value=GREATEST_SHARE,
                )
                for rate in RATES
            ),
            *(
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    f"{rate}_follows_from_counts",
                    "a rate is its count divided by its total, null if the total is 0",
                    column=f"{rate}_error",
                    max_value=1e-9,
                )
                for rate in RATES
            ),
        ],
    )


def _error(rate: str) -> str:
    numerator, denominator = RATES[rate]
    return f"""case
        when isnan({rate}) or ({rate} is null) <> ({denominator} = 0) then 1
        else abs({rate} - {numerator} / {denominator})
    end as {rate}_error"""
