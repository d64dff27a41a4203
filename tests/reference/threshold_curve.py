"""Who another score threshold would have handed over, tried day by day."""

from datetime import date, timedelta

from tests.reference.clock import ONE_DAY, Settings, days
from tests.reference.feeds import Row
from tests.reference.ignore_rate import ratio, wilson_bounds
from tests.reference.qualifications import spells
from tests.reference.rules import Rules, lookup
from tests.reference.scores import Scores

DAYS = timedelta(days=180)
CANDIDATES = range(10, 151, 5)
BAND = 20
SMALLEST_GROUP = 30
ACCEPTED = ("accepted", "accepted_late")


def threshold_curve(
    persons: list[Row],
    cycles: list[Row],
    handoffs: list[Row],
    judged: list[Row],
    scores: Scores,
    rules: Rules,
    settings: Settings,
) -> list[Row]:
    """`judged` are `handoffs` as `lead_handoffs` gives them."""
    grades = lookup(rules, "qualification_rules", "fit_grade", "min_score")
    won = sorted((row["won_date"], row["person_id"]) for row in cycles if row["won_date"])
    wins = {person_id: day for day, person_id in reversed(won)}
    reachable = [
        row["person_id"]
        for row in persons
        if row["is_contactable"] and not row["is_excluded"] and row["fit_grade"] in grades
    ]
    first_day = settings.as_of - DAYS + ONE_DAY
    # everything before the window is looked at too: no shortcut as in the model
    series = {person_id: _series(person_id, scores, settings.as_of) for person_id in reachable}
    recent = [row for row in judged if row["handed_off_date"] >= first_day]
    held = {person_id: _days_with_sales(person_id, cycles, handoffs) for person_id in reachable}
    found: list[Row] = []
    for threshold in CANDIDATES:
        entered = {
            person_id: day
            for person_id in reachable
            if (day := _first_entry(series[person_id], threshold, held[person_id], settings))
            and day < wins.get(person_id, date.max)
        }
        firsts = [_first_handoff(person_id, day, judged) for person_id, day in entered.items()]
        real = [row for row in firsts if row]
        near = [row for row in recent if threshold <= row["score_at_handoff"] < threshold + BAND]
        found.append(
            {
                "threshold": threshold,
                "people": len(entered),
                "people_per_week": len(entered) * 7 / DAYS.days,
                "handed_over": len(real),
                "handed_over_rate": ratio(len(real), len(entered)),
                **_judged(real, "mature_handed_over", "accepted", "acceptance_rate", "is_small"),
                **_judged(
                    near,
                    "nearby_handoffs",
                    "nearby_accepted",
                    "nearby_acceptance_rate",
                    "is_nearby_small",
                ),
            }
        )
    return found


def _series(person_id: str, scores: Scores, as_of: date) -> dict[date, int]:
    known = [min(series) for series in scores.counts.get(person_id, {}).values()]
    first = min(known, default=date.max)
    return {day: scores.score(person_id, day) for day in days(first, as_of)}


def _first_entry(
    series: dict[date, int], threshold: int, held: list[tuple[date, date]], settings: Settings
) -> date | None:
    above = [day for day, score in series.items() if score >= threshold]
    begun = [first for first, _ in spells(above, settings.requalify_cooldown_days)]
    first_day = settings.as_of - DAYS + ONE_DAY
    free = [day for day in begun if not any(start < day <= end for start, end in held)]
    return next((day for day in free if day >= first_day), None)


def _days_with_sales(
    person_id: str, cycles: list[Row], handoffs: list[Row]
) -> list[tuple[date, date]]:
    """From handing over (a withdrawn hand-off is none) or acceptance to the end of the cycle."""
    found = []
    for cycle in cycles:
        if cycle["person_id"] == person_id and cycle["handed_off_date"]:
            own = [row for row in handoffs if row["handoff_id"] in cycle["held"]]
            starts = [row["handed_off_date"] for row in own if row["outcome"] != "withdrawn"]
            starts += [cycle["sal_date"]] if cycle["sal_date"] else []
            starts += [] if own else [cycle["handed_off_date"]]
            if starts:
                found.append((min(starts), cycle["closed_date"] or date.max))
    return found


def _first_handoff(person_id: str, day: date, handoffs: list[Row]) -> Row | None:
    own = [
        row for row in handoffs if row["person_id"] == person_id and row["handed_off_date"] >= day
    ]
    return min(own, key=lambda row: row["handed_off_at"], default=None)


def _judged(rows: list[Row], count: str, accepted: str, rate: str, small: str) -> Row:
    mature = [row for row in rows if row["is_mature"]]
    hits = sum(row["outcome"] in ACCEPTED for row in mature)
    share = ratio(hits, len(mature))
    low, high = wilson_bounds(share, len(mature))
    return {
        count: len(mature),
        accepted: hits,
        rate: share,
        f"{rate}_low": low,
        f"{rate}_high": high,
        small: len(mature) < SMALLEST_GROUP,
    }
