"""Rows of each of the last days against the same weekday of the weeks before."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.raw.spans import local_days
from expectations.suite import Suite, improbable
from pipelines.feeds import Feed

QUERY = """
with

days as (

    select * from {days}

),

calendar as (

    select cast(unnest(generate_series(min(day), max(day), interval 1 day)) as date) as day
    from days

),

days_filled as (

    select calendar.day, coalesce(days.day_rows, 0) as day_rows
    from calendar
    left join days on calendar.day = days.day

),

weekdays_compared as (

    select
        judged.day,
        judged.day_rows,
        count(*) as weeks,
        min(earlier.day_rows) as least_before,
        max(earlier.day_rows) as most_before
    from days_filled as judged
    inner join days_filled as earlier
        on
            earlier.day < judged.day
            and earlier.day >= judged.day - cast($weeks_of_history * 7 as integer)
            and dayofweek(earlier.day) = dayofweek(judged.day)
    where judged.day > $as_of - cast($days_judged as integer)
    group by judged.day, judged.day_rows
    having count(*) >= $fewest_weeks

)

select
    day,
    day_rows,
    case
        when least_before >= $fewest_rows and not list_contains(cast($holidays as date[]), day)
            then cast(floor(least_before * $low_factor) as bigint)
        else 0
    end as fewest_expected,
    cast(ceil(most_before * $high_factor) as bigint) + $slack_rows as most_expected
from weekdays_compared
order by day
"""


def suites(feed: Feed, limits: Limits) -> list[Suite]:
    limit = limits["raw.volume"]
    if feed.name not in limit["feeds"]:
        return []
    return [
        Suite(
            name=f"{feed.name}_volume",
            table=feed.name,
            needs=(f"raw.{feed.name}",),
            query=QUERY.format(days=local_days(feed, "($weeks_of_history * 7 + $days_judged)")),
            values=limit,
            keys=("day",),
            expectations=[
                improbable(
                    limit,
                    gxe.ExpectColumnPairValuesAToBeGreaterThanB,
                    "day_not_thin",
                    "a day has not far fewer rows than the same weekday had before",
                    column_A="day_rows",
                    column_B="fewest_expected",
                    or_equal=True,
                ),
                improbable(
                    limit,
                    gxe.ExpectColumnPairValuesAToBeGreaterThanB,
                    "day_not_swollen",
                    "a day has not far more rows than the same weekday had before",
                    column_A="most_expected",
                    column_B="day_rows",
                    or_equal=True,
                ),
            ],
        )
    ]
