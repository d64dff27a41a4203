"""Mails: counts that nest, rates that follow from them, and deliveries that are all on record."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.suite import Suite, impossible, improbable

MART = "mail_performance"
# whoever did one of these received the mail
REACTIONS = (
    "openers",
    "machine_openers",
    "clickers",
    "unsubscribes",
    "replies",
    "conversions",
    "complaints",
)
COUNTS = ("sent", "delivered", "bounced", *REACTIONS)
# numerator and denominator of each rate
RATES = {
    "open_rate": ("openers", "delivered"),
    "click_rate": ("clickers", "delivered"),
    "click_to_open_rate": ("clickers", "openers"),
    "unsubscribe_rate": ("unsubscribes", "delivered"),
    "retention_rate": ("(delivered - unsubscribes)", "delivered"),
}


def suites(limits: Limits) -> list[Suite]:
    limit = limits["marts.mail_rates"]
    return [
        Suite(
            name=MART,
            table=MART,
            needs=(f"marts.{MART}",),
            query=f"""
                select
                    mail_id,
                    sent,
                    bounced,
                    delivered,
                    coalesce(clickers, -1) as clickers,
                    coalesce(conversions, -1) as conversions,
                    least({", ".join(f"coalesce({name}, -1)" for name in COUNTS)}) as least_count,
                    greatest({", ".join(REACTIONS)}) as most_reacting,
                    {", ".join(_error(rate) for rate in RATES)},
                    case
                        when sent - bounced >= $fewest_sent then delivered / (sent - bounced)
                    end as delivered_of_many
                from marts.{MART}
            """,
            values={"fewest_sent": limit["fewest_sent"]},
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
                    "reactions_delivered",
                    "whoever did something with a mail received it",
                    column_A="delivered",
                    column_B="most_reacting",
                    or_equal=True,
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
                improbable(
                    limit,
                    gxe.ExpectColumnValuesToBeBetween,
                    "deliveries_recorded",
                    "of a mail sent to many, most that did not bounce were delivered: else"
                    " deliveries were recorded in part, and rates over them are too high",
                    column="delivered_of_many",
                    min_value=limit["delivered_share"],
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
