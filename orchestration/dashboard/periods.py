"""The ignore rate of the last settled months, which leads on the page and in the terminal."""

from typing import Any

from orchestration.dashboard.published import Kind, Marts, Table

MONTHS_POOLED = 3
# compared with the months just before, and with the same months a year ago
BEFORE, YEAR_AGO = 1, 4

# a month is settled when it has ended and each of its hand-offs has met its deadline; while the
# sales feed is stale also only if sales still wrote when the last of these deadlines passed
SETTLED = """
    with sales_until as (
        select coalesce(max(occurred_date), date '0001-01-01') as last_day
        from lead_timeline
        where feed = 'sales'
    ),
    deadlines as (
        select date_trunc('month', handed_off_date) as handoff_month,
            max(acceptance_deadline) as last_deadline
        from fct_handoffs
        group by all
    )
    select monthly.*
    from ignore_rate_monthly as monthly
    left join deadlines on monthly.handoff_month = deadlines.handoff_month
    cross join sales_until
    where not_mature = 0
        and monthly.handoff_month + interval 1 month <= $as_of + 1
        and (
            not is_feed_stale
            or coalesce(last_deadline, monthly.handoff_month + interval 1 month)
                <= sales_until.last_day
        )
"""

# the row without `periods_ago` is over every month, settled or not
PERIODS = f"""
    with settled_months as ({SETTLED}),
    settled as (
        select
            handoff_month,
            mature_handoffs,
            ignored,
            cast(floor((row_number() over (order by handoff_month desc) - 1) / $months) as int)
                as periods_ago
        from settled_months
    ),
    chosen as (
        select * from settled where periods_ago in (0, $before, $year_ago)
        union all
        select handoff_month, mature_handoffs, ignored, null
        from ignore_rate_monthly
        where mature_handoffs > 0
    ),
    pooled as (
        select
            periods_ago,
            min(handoff_month) as first_month,
            max(handoff_month) as last_month,
            cast(sum(mature_handoffs) as bigint) as mature_handoffs,
            cast(sum(ignored) as bigint) as ignored
        from chosen
        group by periods_ago
    )
    select
        periods_ago,
        first_month,
        last_month,
        mature_handoffs,
        ignored,
        ignored / nullif(mature_handoffs, 0) as ignore_rate,
        wilson_low(ignored, mature_handoffs) as ignore_rate_low,
        wilson_high(ignored, mature_handoffs) as ignore_rate_high
    from pooled
    order by periods_ago nulls last
"""

FEED = """
    select
        count(*) > 0 as has_handoffs,
        coalesce(bool_or(is_feed_stale), false) as is_feed_stale,
        coalesce(bool_or(is_outcome_only), false) as is_outcome_only
    from ignore_rate_monthly
"""


def ignore_rates(marts: Marts) -> Table:
    """The last settled months, those that they are compared with, and all months since the first.

    A period of which no month is settled has no row.
    """
    return marts.table(
        PERIODS,
        {
            "periods_ago": "hidden",
            "first_month": "month",
            "last_month": "month",
            "mature_handoffs": "count",
            "ignored": "count",
            "ignore_rate": "rate",
            "ignore_rate_low": "rate",
            "ignore_rate_high": "rate",
        },
        months=MONTHS_POOLED,
        before=BEFORE,
        year_ago=YEAR_AGO,
    )


def sales_feed(marts: Marts) -> dict[str, Any]:
    """Whether there is any hand-off, and whether the feed is stale or tells of outcomes alone."""
    kinds: dict[str, Kind] = {
        "has_handoffs": "flag",
        "is_feed_stale": "flag",
        "is_outcome_only": "flag",
    }
    (feed,) = marts.table(FEED, kinds).records()
    return feed
