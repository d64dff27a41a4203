"""Counts and amounts: the contract allows a minus sign, which hardly any true row has."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.raw.spans import standing_rows
from expectations.suite import Suite, improbable
from pipelines.feeds import Feed

# a cost below 0 is a credit note, which any true row may be
CREDIT_NOTES = ("costs", "amount")


def suites(feed: Feed, limits: Limits) -> list[Suite]:
    columns = [
        column.name
        for column in feed.columns
        if column.type in ("int", "decimal") and (feed.name, column.name) != CREDIT_NOTES
    ]
    if not columns:
        return []
    counts = ", ".join(f"count(*) filter (where {name} < 0)" for name in columns)
    return [
        Suite(
            name=f"{feed.name}_numbers",
            table=feed.name,
            needs=(f"raw.{feed.name}",),
            query=f"""
                select unnest($columns) as column_name, unnest([{counts}]) as negative_rows
                from {standing_rows(feed)}
            """,
            values={"columns": columns},
            keys=("column_name",),
            expectations=[
                improbable(
                    limits["raw.negative_numbers"],
                    gxe.ExpectColumnValuesToBeBetween,
                    "numbers_not_negative",
                    "counts and amounts are not below 0",
                    column="negative_rows",
                    max_value=0,
                )
            ],
        )
    ]
