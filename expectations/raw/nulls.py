"""Share of blanks in each optional column, the last days against the weeks before."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.raw.spans import spans_compared
from expectations.suite import Suite, improbable
from pipelines.feeds import Feed

QUERY = """
with

compared as (

    select * from {spans}

),

counted as (

    select
        count(*) filter (where is_recent) as recent_rows,
        count(*) filter (where not is_recent) as earlier_rows,
        [{recent_blanks}] as recent_blanks,
        [{earlier_blanks}] as earlier_blanks
    from compared
    having recent_rows >= $fewest_rows and earlier_rows >= $fewest_rows

),

columns_listed as (

    select
        unnest($columns) as column_name,
        unnest(recent_blanks) / recent_rows as recent_share,
        unnest(earlier_blanks) / earlier_rows as earlier_share
    from counted

)

select *, recent_share - earlier_share as share_change
from columns_listed
order by column_name
"""


def suites(feed: Feed, limits: Limits) -> list[Suite]:
    limit = limits["raw.null_shares"]
    columns = [
        column.name
        for column in feed.columns
        if not (column.required or column.default or column.default_from)
    ]
    return [
        Suite(
            name=f"{feed.name}_null_shares",
            table=feed.name,
            needs=(f"raw.{feed.name}",),
            query=QUERY.format(
                spans=spans_compared(feed),
                recent_blanks=_blanks(columns, "is_recent"),
                earlier_blanks=_blanks(columns, "not is_recent"),
            ),
            values={**limit, "columns": columns},
            keys=("column_name", "earlier_share", "recent_share"),
            expectations=[
                improbable(
                    limit,
                    gxe.ExpectColumnValuesToBeBetween,
                    "blanks_as_before",
                    "a column is about as often blank as in the weeks before",
                    column="share_change",
                    min_value=-limit["change_share"],
                    max_value=limit["change_share"],
                )
            ],
        )
    ]


def _blanks(columns: list[str], span: str) -> str:
    return ", ".join(f"count(*) filter (where {span} and {name} is null)" for name in columns)
