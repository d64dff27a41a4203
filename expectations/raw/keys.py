"""Rows that stand: each has its key, and no other row that stands has the same."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.raw.spans import named_file, standing_rows
from expectations.suite import Suite, impossible
from pipelines.feeds import Feed


def suites(feed: Feed, _limits: Limits) -> list[Suite]:
    key = ", ".join(feed.key)
    without_key = " or ".join(f"{column} is null" for column in feed.key)
    shared = f"""
        select {key}, count(*) as times
        from {standing_rows(feed)}
        group by {key}
        having count(*) > 1
    """
    return [
        Suite(
            name=f"{feed.name}_keys",
            table=feed.name,
            needs=(f"raw.{feed.name}",),
            query=f"""
                select
                    (select count(*) from ({shared})) as keys_twice,
                    count(*) filter (where {without_key}) as rows_without_key
                from {standing_rows(feed)}
            """,
            evidence={
                "key_once": f"{shared} order by {key} limit 5",
                "key_present": f"""
                    select {named_file()} as _file, _delivery, _row_number
                    from {standing_rows(feed)}
                    where {without_key}
                    order by all limit 5
                """,
            },
            expectations=[
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "key_once",
                    f"one row stands for each {key}",
                    column="keys_twice",
                    max_value=0,
                ),
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "key_present",
                    f"every row that stands has its {key}",
                    column="rows_without_key",
                    max_value=0,
                ),
            ],
        )
    ]
