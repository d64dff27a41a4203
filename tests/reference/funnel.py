"""The funnel by cohort, by day, and how long each stage takes (section 10)."""

from collections import Counter
from datetime import date
from typing import Any

from tests.reference.clock import Settings, days
from tests.reference.cycles import STAGES
from tests.reference.feeds import Row


def funnel_cohorts(cycles: list[Row]) -> list[Row]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for cycle in cycles:
        attributes = (cycle[name] for name in ("lead_source", "fit_grade", "account_tier"))
        month = cycle["started_date"].replace(day=1)
        groups.setdefault((month, *attributes, cycle["cycle_number"] > 1), []).append(cycle)
    names = ("cohort_month", "lead_source", "fit_grade", "account_tier", "is_returning")
    return [dict(zip(names, key, strict=True)) | _reached(group) for key, group in groups.items()]


def _reached(cycles: list[Row]) -> Row:
    won = [cycle for cycle in cycles if "won" in cycle["stage_dates"]]
    return {
        "cycles": len(cycles),
        **{stage: sum(stage in cycle["stage_dates"] for cycle in cycles) for stage in STAGES[1:]},
        "won_amount": sum(cycle["amount"] or 0 for cycle in won),
    }


def funnel_daily(cycles: list[Row], persons: list[Row], settings: Settings) -> list[Row]:
    found: list[Row] = []
    created = [settings.local_date(person["created_at"]) for person in persons]
    for day in days(min(created, default=date.max), settings.as_of):
        entered: Counter[tuple[str, str]] = Counter()
        open_at_end: Counter[tuple[str, str]] = Counter()
        for cycle in cycles:
            source = cycle["lead_source"]
            reached = cycle["stage_dates"]
            entered.update((stage, source) for stage in reached if reached[stage] == day)
            if cycle["started_date"] <= day and not is_closed(cycle, day):
                furthest = [stage for stage in STAGES if reached.get(stage, date.max) <= day][-1]
                open_at_end[furthest, source] += 1
        found += [
            {
                "date": day,
                "stage": stage,
                "lead_source": source,
                "entered": entered[stage, source],
                "open_at_end": open_at_end[stage, source],
            }
            for stage, source in entered.keys() | open_at_end.keys()
        ]
    return found


def is_closed(cycle: Row, day: date) -> bool:
    return cycle["closed_date"] is not None and cycle["closed_date"] <= day


def conversion_curve(cycles: list[Row], settings: Settings) -> list[Row]:
    cohorts: dict[date, list[Row]] = {}
    for cycle in cycles:
        started: date = cycle["started_date"]
        quarter = date(started.year, (started.month - 1) // 3 * 3 + 1, 1)
        cohorts.setdefault(quarter, []).append(cycle)
    return [
        {"cohort_quarter": quarter, "stage": stage} | point
        for quarter, cohort in cohorts.items()
        for stage in STAGES[1:]
        for point in incidence([_end(cycle, stage, settings) for cycle in cohort])
    ]


def _end(cycle: Row, stage: str, settings: Settings) -> tuple[int, str]:
    """The day after the start on which a cycle is seen last for a stage, and how it ended."""
    if stage in cycle["stage_dates"]:
        last, how = cycle["stage_dates"][stage], "reached"
    elif cycle["closed_date"]:
        last, how = cycle["closed_date"], "closed"
    else:
        last, how = settings.as_of, "censored"
    return max((last - cycle["started_date"]).days, 0), how


def incidence(ends: list[tuple[int, str]]) -> list[Row]:
    """Aalen-Johansen, day by day: one point per day on which something was reached."""
    points: list[Row] = []
    share, surviving = 0.0, 1.0
    for day in range(max(end for end, _ in ends) + 1):
        at_risk = sum(end >= day for end, _ in ends)
        reached, closed = ends.count((day, "reached")), ends.count((day, "closed"))
        share += surviving * reached / at_risk
        surviving *= 1 - (reached + closed) / at_risk
        if reached:
            points.append(
                {"days_since_start": day, "at_risk": at_risk, "reached": reached, "share": share}
            )
    return points
