"""Mails: counts that nest, rates that follow from them.

By the contract a rate over `delivered` may pass 1, and `retention_rate` may fall below 0: people
open and leave mails whose delivery was never recorded, and sent minus bounced may even be negative.
Only a mail that reached many is worth a word about it.
"""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.suite import Suite, impossible, improbable

MART = "mail_performance"
COUNTS = (
    "sent",
    "bounced",
    "openers",
    "machine_openers",
    "clickers",
    "unsubscribes",
    "replies",
    "conversions",
)
# numerator and denominator of each rate
RATES = {
    "open_rate": ("openers", "delivered"),
    "click_rate": ("clickers", "delivered"),
    "click_to_open_rate": ("clickers", "openers"),
    "unsubscribe_rate": ("unsubscribes", "delivered"),
    "retention_rate": ("(delivered - unsubscribes)", "delivered"),
}
WELL_KNOWN = ("open_rate", "click_rate", "unsubscribe_rate")


def suites(limits: Limits) -> list[Suite]:
    limit = limits["marts.mail_rates"]
    widely = ",\n".join(
        f"case when delivered >= $fewest_delivered then {rate} end as {rate}_of_many"
        for rate in WELL_KNOWN
    )
    return [
        Suite(
            name=MART,
            table=MART,
            needs=(f"marts.{MART}",),
            query=f"""
                select
                    mail_id,
                    coalesce(clickers, -1) as clickers,
                    coalesce(conversions, -1) as conversions,
                    least({", ".join(f"coalesce({name}, -1)" for name in COUNTS)}) as least_count,
                    {", ".join(_error(rate) for rate in RATES)},
                    {widely}
                from marts.{MART}
            """,
            values=limit,
            keys=("mail_id",),
            expectations=[
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "counts_not_negative",
                    "no count of recipients is below 0",
                    column="least_count",
                    min_value=0,
                ),
                impossible(
                    gxe.ExpectColumnPairValuesAToBeGreaterThanB,
                    "conversions_clicked",
                    "only somebody who clicked converts",
                    column_A="clickers",
                    column_B="conversions",
                    or_equal=True,
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
                *(
                    improbable(
                        limit,
                        gxe.ExpectColumnValuesToBeBetween,
                        f"{rate}_believable",
                        "of a mail delivered to many not more react than received it",
                        column=f"{rate}_of_many",
                        max_value=1,
                    )
                    for rate in WELL_KNOWN
                ),
            ],
        ),
    ]


def _error(rate: str) -> str:
    numerator, denominator = RATES[rate]
    return f"""case
        when isnan({rate}) or ({rate} is null) <> ({denominator} = 0) then 1
        else abs({rate} - {numerator} / {denominator})
    end as {rate}_error"""
