"""Blanks in each optional column: the last days, each and all, against the weeks before."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.raw.spans import instant_of, spans_compared
from expectations.suite import Suite, improbable
from pipelines.feeds import Feed

QUERY = """
with

days_counted as (

    select
        cast(ceil(epoch($ends_at - {instant}) / 86400) as integer) - 1 as days_back,
        count(*) as day_rows,
        [{filled}] as filled
    from {spans}
    group by days_back

),

columns_counted as (

    select
        days_back,
        day_rows,
        unnest($columns) as column_name,
        unnest(filled) as rows_filled
    from days_counted

),

earlier as (

    select
        column_name,
        cast(sum(day_rows) as bigint) as earlier_rows,
        sum(rows_filled) / earlier_rows as earlier_share,
        -- whether it was blank for a whole day before, as what campaigns fill may be
        coalesce(
            min(rows_filled) filter (where day_rows >= $fewest_rows) = 0, false
        ) as comes_and_goes
    from columns_counted
    where days_back >= $days_judged
    group by column_name

),

recent as (

    select
        column_name,
        $as_of - coalesce(days_back, $days_judged - 1) as first_day,
        case when days_back is null then $days_judged else 1 end as days,
        cast(sum(day_rows) as bigint) as recent_rows,
        cast(sum(rows_filled) as bigint) as rows_filled
    from columns_counted
    where days_back < $days_judged
    group by grouping sets ((column_name, days_back), (column_name))

)

select
    column_name,
    first_day,
    days,
    1 - earlier_share as blank_before,
    1 - rows_filled / recent_rows as blank_now,
    round(earlier_share - rows_filled / recent_rows, 6) as share_change,
    case
        when earlier_share * recent_rows >= $fewest_filled and not comes_and_goes then rows_filled
    end as rows_filled
from recent
inner join earlier using (column_name)
where recent_rows >= $fewest_rows and earlier_rows >= $fewest_rows
order by column_name, first_day, days
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
                instant=instant_of(feed),
                spans=spans_compared(feed),
                filled=", ".join(f"count({name})" for name in columns),
            ),
            values={**limit, "columns": columns},
            keys=("column_name", "first_day", "days", "blank_before", "blank_now"),
            expectations=[
                improbable(
                    limit,
                    gxe.ExpectColumnValuesToBeBetween,
                    "blanks_as_before",
                    "a column is about as often blank as in the weeks before",
                    column="share_change",
                    min_value=-limit["change_share"],
                    max_value=limit["change_share"],
                ),
                improbable(
                    limit,
                    gxe.ExpectColumnValuesToBeBetween,
                    "column_not_emptied",
                    "a column that was filled before is not blank altogether",
                    column="rows_filled",
                    min_value=1,
                ),
            ],
        )
    ]
