"""How much did sales ignore, is it getting better, and where: the first screen in three figures."""

from math import hypot

from orchestration.dashboard.panel import Panel
from orchestration.dashboard.panels.origins import ORIGINS, SMALL_GROUP, origin_parameters
from orchestration.dashboard.periods import BEFORE, YEAR_AGO, ignore_rates, sales_feed
from orchestration.dashboard.published import DIGITS, Marts, Table

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
    periods, feed = ignore_rates(marts), sales_feed(marts)
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
    return Panel(
        "headline",
        {"periods": periods, "worst": worst},
        extras={
            "before": change(periods, BEFORE),
            "year_ago": change(periods, YEAR_AGO),
            "has_handoffs": feed["has_handoffs"],
            "is_stale": feed["is_feed_stale"],
            "is_outcome_only": feed["is_outcome_only"],
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
