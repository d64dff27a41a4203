"""Whether a higher score at hand-off meant a better lead."""

from collections.abc import Callable
from datetime import date, timedelta
from statistics import fmean, linear_regression
from typing import Any

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.ignore_rate import ratio, wilson_bounds

SMALLEST_GROUP = 30
GOOD_FROM, JUNK_TO = 8, 3
ACCEPTED = ("accepted", "accepted_late")

Known = Callable[[Row], date]


def score_calibration(handoffs: list[Row], cycles: list[Row], settings: Settings) -> list[Row]:
    """`handoffs` as `lead_handoffs` gives them."""
    won = {(row["person_id"], row["cycle_number"]): row["won_date"] for row in cycles}
    judged = [
        _judged(row, won[row["person_id"], row["cycle_number"]], settings)
        for row in handoffs
        if row["is_mature"]
    ]
    scores = [row["score"] for row in judged]
    for row in judged:
        below = sum(score < row["score"] for score in scores)
        row["decile"] = int((below + scores.count(row["score"]) / 2) / len(scores) * 10) + 1
    for row in judged:
        month = row["day"].replace(day=1)
        row["acceptance_chance"] = _chance(judged, row, month, "deadline", "accepted_on")
        row["win_chance"] = _chance(judged, row, month, "win_deadline", "won_on")
    return [
        _decile(decile, [row for row in judged if row["decile"] == decile], settings.as_of)
        for decile in sorted({row["decile"] for row in judged})
    ]


def _judged(handoff: Row, won_date: date | None, settings: Settings) -> Row:
    """When each answer was known: acceptance once both it and the deadline have come."""
    accepted = handoff["outcome"] in ACCEPTED
    win_deadline = handoff["handed_off_date"] + timedelta(days=settings.win_wait_days)
    deadline = handoff["acceptance_deadline"]
    return {
        "score": handoff["score_at_handoff"],
        "day": handoff["handed_off_date"],
        "deadline": deadline,
        "accepted_on": max(deadline, settings.local_date(handoff["accepted_at"]))
        if accepted
        else None,
        "win_deadline": win_deadline,
        "won_on": win_deadline if won_date and won_date <= win_deadline else None,
    }


def _chance(judged: list[Row], row: Row, month: date, known_on: str, hit_on: str) -> float | None:
    """The height, at the row's decile, of the line through what was known before its month."""
    known = [other for other in judged if other[known_on] < month]
    if len(known) < SMALLEST_GROUP:
        return None
    places = [other["decile"] for other in known]
    hits = [float(other[hit_on] is not None and other[hit_on] < month) for other in known]
    if len(set(places)) == 1:
        return fmean(hits)
    line = linear_regression(places, hits)
    return min(1.0, max(0.0, line.intercept + line.slope * row["decile"]))


def _decile(decile: int, rows: list[Row], as_of: date) -> Row:
    old = [row for row in rows if row["win_deadline"] <= as_of]
    scores = [row["score"] for row in rows]
    accepted = sum(row["accepted_on"] is not None for row in rows)
    ignored = len(rows) - accepted
    return {
        "score_decile": decile,
        "min_score": min(scores),
        "max_score": max(scores),
        "handoffs": len(rows),
        "accepted": accepted,
        "ignored_good_leads": ignored if decile >= GOOD_FROM else 0,
        "handed_over_junk": ignored if decile <= JUNK_TO else 0,
        "is_small": len(rows) < SMALLEST_GROUP,
        "is_win_small": len(old) < SMALLEST_GROUP,
        "win_handoffs": len(old),
        "wins": sum(row["won_on"] is not None for row in old),
        **_rates("acceptance", rows, "accepted_on"),
        **_rates("win", old, "won_on"),
    }


def _rates(question: str, rows: list[Row], hit_on: str) -> dict[str, Any]:
    share = ratio(sum(row[hit_on] is not None for row in rows), len(rows))
    low, high = wilson_bounds(share, len(rows))
    forecast = [row for row in rows if row[f"{question}_chance"] is not None]
    expected = ratio(sum(row[f"{question}_chance"] for row in forecast), len(forecast))
    actual = ratio(sum(row[hit_on] is not None for row in forecast), len(forecast))
    return {
        f"{question}_rate": share,
        f"{question}_rate_low": low,
        f"{question}_rate_high": high,
        f"{question}_forecasts": len(forecast),
        f"expected_{question}_rate": expected,
        f"{question}_gap": None if actual is None or expected is None else actual - expected,
    }
