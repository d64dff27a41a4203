"""How many days pass from stage to stage, with open cases accounted for."""

from collections import Counter
from datetime import date
from fractions import Fraction
from itertools import combinations

from tests.reference.clock import Settings
from tests.reference.cycles import STAGES
from tests.reference.feeds import Row

Wait = tuple[int, str]
Point = tuple[int, int, int, Fraction]


def waits(cycles: list[Row], start: str, goal: str, settings: Settings) -> list[Wait]:
    """How many days each cycle that reached `start` waited for `goal`, and how that ended."""
    return [_wait(cycle, start, goal, settings) for cycle in cycles if start in _dates(cycle)]


def _dates(cycle: Row) -> dict[str, date]:
    return {**cycle["stage_dates"], "lead": cycle["started_date"]}


def _wait(cycle: Row, start: str, goal: str, settings: Settings) -> Wait:
    dates = _dates(cycle)
    endings = [(dates.get(goal), "reached"), (cycle["closed_date"], "closed")]
    last, how = next(
        ((day, how) for day, how in endings if day is not None), (settings.as_of, "open")
    )
    return max((last - dates[start]).days, 0), how


def incidence_of(ends: list[Wait]) -> list[Point]:
    """Aalen-Johansen in fractions: day, at risk, reached and share, for each day of an end."""
    counts = Counter(ends)
    points: list[Point] = []
    share, surviving, at_risk = Fraction(0), Fraction(1), len(ends)
    for day in sorted({day for day, _ in ends}):
        reached, closed = counts[day, "reached"], counts[day, "closed"]
        share += surviving * reached / at_risk
        points.append((day, at_risk, reached, share))
        surviving *= 1 - Fraction(reached + closed, at_risk)
        at_risk -= reached + closed + counts[day, "open"]
    return points


def stage_durations(cycles: list[Row], settings: Settings) -> list[Row]:
    found: list[Row] = []
    for start, goal in combinations(STAGES, 2):
        points = incidence_of(waits(cycles, start, goal, settings))
        if points:
            row = {
                "from_stage": start,
                "to_stage": goal,
                "cases": points[0][1],
                "reached": sum(reached for _, _, reached, _ in points),
                "share": float(points[-1][3]),
            }
            found.append(row | {f"days_{part}": _first_day(points, part) for part in (25, 50, 75)})
    return found


def _first_day(points: list[Point], percent: int) -> int | None:
    days = [day for day, _, _, share in points if share >= Fraction(percent, 100)]
    return days[0] if days else None
