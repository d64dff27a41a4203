"""The ignore rate by team and by month (section 9)."""

from collections.abc import Iterable
from datetime import datetime
from math import sqrt
from typing import Any

from tests.reference.clock import ONE_DAY, Settings, days, is_business_day
from tests.reference.feeds import Row
from tests.reference.handoffs import IGNORED
from tests.reference.rules import Rules

GRAIN = ("sales_team", "routed_by", "lead_source", "account_tier", "fit_grade")
FOLLOW_UPS = {"attempted", "contacted", "accepted", "rejected"}
Z = 1.959964


def ratio(numerator: Any, denominator: Any) -> float | None:
    return float(numerator) / float(denominator) if denominator else None


def ignore_rate(handoffs: list[Row]) -> list[Row]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in handoffs:
        key = (_month(row), *(row[name] or "unknown" for name in GRAIN))
        groups.setdefault(key, []).append(row)
    return [
        dict(zip(("handoff_month", *GRAIN), key, strict=True)) | counted(rows)
        for key, rows in groups.items()
    ]


def ignore_rate_monthly(
    handoffs: list[Row],
    sales: list[Row],
    dispositions: dict[str, list[Row]],
    rules: Rules,
    settings: Settings,
) -> list[Row]:
    groups: dict[Any, list[Row]] = {}
    for row in handoffs:
        groups.setdefault(_month(row), []).append(row)
    stale = is_feed_stale(sales, rules, settings)
    outcome_only = is_outcome_only(handoffs, dispositions)
    return [
        {"handoff_month": month, "is_feed_stale": stale}
        | _with_bounds(counted(rows))
        | {"is_outcome_only": outcome_only}
        for month, rows in groups.items()
    ]


def _month(row: Row) -> Any:
    return row["handed_off_date"].replace(day=1)


def counted(rows: list[Row]) -> Row:
    """Counts and rates of a group of hand-offs."""
    judged = [row for row in rows if row["outcome"] != "withdrawn"]
    mature = [row for row in judged if row["is_mature"]]

    def count(outcomes: Iterable[str]) -> int:
        return sum(row["outcome"] in outcomes for row in mature)

    untouched = [
        row for row in mature if row["accepted_at"] is None and row["first_touch_at"] is None
    ]
    ignored_at_deadline = sum(row["is_ignored_at_deadline"] for row in rows)
    accepted, late, ignored = count(["accepted"]), count(["accepted_late"]), count(IGNORED)
    return {
        "handoffs": len(rows),
        "mature_handoffs": len(mature),
        "not_mature": len(judged) - len(mature),
        "withdrawn": len(rows) - len(judged),
        "accepted": accepted,
        "accepted_late": late,
        **{outcome: count([outcome]) for outcome in IGNORED},
        "no_follow_up": len(untouched),
        "ignored_at_deadline": ignored_at_deadline,
        "ignore_rate": ratio(ignored, len(mature)),
        "sal_rate": ratio(accepted + late, len(mature)),
        "no_follow_up_rate": ratio(len(untouched), len(mature)),
        "ignored_at_deadline_rate": ratio(ignored_at_deadline, len(mature)),
        "rescue_rate": ratio(late, ignored_at_deadline),
        "ignored": ignored,
    }


def _with_bounds(row: Row) -> Row:
    low, high = wilson_bounds(row["ignore_rate"], row["mature_handoffs"])
    return row | {"ignore_rate_low": low, "ignore_rate_high": high}


def wilson_bounds(share: float | None, count: int) -> tuple[float | None, float | None]:
    if share is None:
        return None, None
    scale = 1 + Z**2 / count
    middle = share + Z**2 / (2 * count)
    spread = Z * sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    return (middle - spread) / scale, (middle + spread) / scale


def is_outcome_only(handoffs: list[Row], dispositions: dict[str, list[Row]]) -> bool:
    """Whether sales told of no hand-off what it did before the outcome."""
    first_of: dict[str, datetime] = {}
    for row in handoffs:
        person_id, instant = row["person_id"], row["handed_off_at"]
        first_of[person_id] = min(instant, first_of.get(person_id, instant))
    # the windows of a person begin with its first hand-off and leave no gap
    return bool(handoffs) and not any(
        row["stage"] in FOLLOW_UPS and row["occurred_at"] >= instant
        for person_id, instant in first_of.items()
        for row in dispositions[person_id]
    )


def is_feed_stale(sales: list[Row], rules: Rules, settings: Settings) -> bool:
    """Whether more than 5 business days lie after the last sales row, up to D."""
    if not sales:
        return True
    holidays = {record["date"] for record in rules["holidays"]}
    last = max(settings.local_date(row["occurred_at"]) for row in sales)
    silent = days(last + ONE_DAY, settings.as_of)
    return sum(is_business_day(day, holidays) for day in silent) > 5
