"""Dates without a time keep their day: both time zones of the settings agree on it."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.raw.spans import named_file
from expectations.suite import Suite, improbable
from pipelines.feeds import Feed

# where a source that is none any more was read in a zone of its own, its rows are in no new load
ZONE = "list_extract($zones, list_position($sources, _source))"
# a bare date is read as midnight of the source's zone; a file of them holds hardly any other time
QUERY = """
with

local_times as (

    select
        {named_file} as file,
        _delivery as delivery,
        timezone({zone}, timezone('UTC', {instant})) as written_at,
        cast(timezone($timezone, timezone('UTC', {instant})) as date) as reported_date
    from raw.{feed}
    where
        not _is_replaced
        and _dlt_load_id = (select max(_dlt_load_id) from raw.load_audit)

),

midnights_counted as (

    select
        file,
        delivery,
        count(*) as rows_dated,
        count(*) filter (where written_at = date_trunc('day', written_at)) as rows_at_midnight,
        count(*) filter (
            where written_at = date_trunc('day', written_at) and written_at <> reported_date
        ) as rows_on_another_day,
        any_value(strftime(written_at, '%Y-%m-%d')) filter (
            where written_at = date_trunc('day', written_at) and written_at <> reported_date
        ) as written_date
    from local_times
    group by all

)

select
    file,
    delivery,
    written_date,
    case when rows_at_midnight >= $midnight_share * rows_dated then rows_on_another_day end
        as rows_on_another_day
from midnights_counted
order by file, delivery
"""


def suites(feed: Feed, limits: Limits) -> list[Suite]:
    limit = limits["raw.bare_dates"]
    instant = "created_at" if feed.name == "leads" else "occurred_at"
    return [
        Suite(
            name=f"{feed.name}_bare_dates",
            table=feed.name,
            needs=(f"raw.{feed.name}", "raw.load_audit"),
            query=QUERY.format(feed=feed.name, instant=instant, named_file=named_file(), zone=ZONE),
            values=limit,
            keys=("file", "delivery", "written_date"),
            expectations=[
                improbable(
                    limit,
                    gxe.ExpectColumnValuesToBeBetween,
                    "dates_keep_their_day",
                    "dates without a time are the same day in source_timezone and"
                    " reporting_timezone",
                    column="rows_on_another_day",
                    max_value=0,
                )
            ],
        )
    ]
