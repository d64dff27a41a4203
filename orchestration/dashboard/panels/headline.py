"""How much did sales ignore, is it getting better, and where: the first screen in three figures."""

from math import hypot

from orchestration.dashboard.panel import Panel
from orchestration.dashboard.panels.origins import ORIGINS, SMALL_GROUP, origin_parameters
from orchestration.dashboard.panels.settled import SETTLED
from orchestration.dashboard.published import DIGITS, Marts, Table

MONTHS_COMPARED = 3
# compared with the months just before, and with the same months a year ago
BEFORE, YEAR_AGO = 1, 4

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
    pooled as (
        select
            periods_ago,
            min(handoff_month) as first_month,
            max(handoff_month) as last_month,
            cast(sum(mature_handoffs) as bigint) as mature_handoffs,
            cast(sum(ignored) as bigint) as ignored
        from settled
        where periods_ago in (0, $before, $year_ago)
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
    order by periods_ago
"""

FEED = """
    select count(*) > 0 as has_handoffs, coalesce(bool_or(is_feed_stale), false) as is_feed_stale
    from ignore_rate_monthly
"""

WORST = f"""
    with origins as ({ORIGINS})
    select sales_team, lead_source, ignored, mature_handoffs, ignore_rate, ignored_share
    from origins
    where mature_handoffs >= $small_group
        and ignored > 0
        and sales_team is not null
        and lead_source is not null
    order by ignored desc, ignore_rate desc, team_position, source_position
    limit 1
"""


def headline(marts: Marts) -> Panel:
    """The ignore rate of the last settled months, its change, and the largest leak."""
    periods = marts.table(
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
        months=MONTHS_COMPARED,
        before=BEFORE,
        year_ago=YEAR_AGO,
    )
    worst = marts.table(
        WORST,
        {
            "sales_team": "group",
            "lead_source": "group",
            "ignored": "count",
            "mature_handoffs": "count",
            "ignore_rate": "rate",
            "ignored_share": "rate",
        },
        small_group=SMALL_GROUP,
        **origin_parameters(),
    )
    feed = marts.table(FEED, {"has_handoffs": "flag", "is_feed_stale": "flag"}).records()[0]
    return Panel(
        "headline",
        {"periods": periods, "worst": worst},
        extras={
            "before": change(periods, BEFORE),
            "year_ago": change(periods, YEAR_AGO),
            "has_handoffs": feed["has_handoffs"],
            "is_stale": feed["is_feed_stale"],
        },
    )


def change(periods: Table, periods_ago: int) -> dict[str, float | str] | None:
    """The difference of two shares with its 95 % bounds (Newcombe, from the Wilson bounds)."""
    measured = {
        row["periods_ago"]: [
            float(row[name]) for name in ("ignore_rate", "ignore_rate_low", "ignore_rate_high")
        ]
        for row in periods.records()
        if row["ignore_rate"] is not None
    }
    if not {0, periods_ago} <= measured.keys():
        return None
    now, low, high = measured[0]
    before, low_before, high_before = measured[periods_ago]
    difference = now - before
    lowest = difference - hypot(now - low, high_before - before)
    highest = difference + hypot(high - now, before - low_before)
    verdict = "better" if highest < 0 else "worse" if lowest > 0 else "unclear"
    return {
        "difference": round(difference, DIGITS),
        "low": round(lowest, DIGITS),
        "high": round(highest, DIGITS),
        "verdict": verdict,
    }
