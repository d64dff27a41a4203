"""What a nurture scenario brings against leaving its leads alone (section 13)."""

from datetime import timedelta
from math import sqrt

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.ignore_rate import ratio, wilson_bounds
from tests.reference.leads import grouped
from tests.reference.rules import Rules

FATES = ("in_no_cycle", "already", "not_mature", "judged")
Rate = tuple[float | None, float | None, float | None]


def rate(hits: int, count: int) -> Rate:
    """A share with its Wilson bounds; nulls over 0."""
    share = ratio(hits, count)
    return share, *wilson_bounds(share, count)


def difference(one: Rate, other: Rate) -> Rate:
    """one - other with Newcombe's bounds; nulls if either is null."""
    if None in (*one, *other):
        return None, None, None
    (p1, l1, u1), (p2, l2, u2) = ([part or 0.0 for part in each] for each in (one, other))
    below, above = sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return p1 - p2, p1 - p2 - below, p1 - p2 + above


def scenario_effect(
    enrollments: list[Row], cycles: list[Row], rules: Rules, settings: Settings
) -> list[Row]:
    """scenario_effect, from resolved enrolments."""
    by_person = grouped(cycles)
    found: list[Row] = []
    for scenario in rules["scenarios"]:
        own = [
            row
            for row in sorted(
                enrollments, key=lambda row: (row["occurred_at"], row["enrollment_id"])
            )
            if row["scenario_id"] == scenario["scenario_id"] and row["person_id"]
        ]
        arms = {
            arm: _arm(arm, grouped(own), by_person, scenario, settings)
            for arm in ("treated", "holdout")
        }
        rates = {arm: rate(row["reached"], row["judged"]) for arm, row in arms.items()}
        effects = {
            "treated": difference(rates["treated"], rates["holdout"]),
            "holdout": (None, None, None),
        }
        for arm, row in arms.items():
            found.append(
                {"scenario_id": scenario["scenario_id"], "arm": arm}
                | row
                | _named("reach_rate", rates[arm])
                | _named("effect", effects[arm])
            )
    return found


def _named(name: str, values: Rate) -> Row:
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


def _arm(
    arm: str,
    rows_of: dict[str, list[Row]],
    cycles_of: dict[str, list[Row]],
    scenario: Row,
    settings: Settings,
) -> Row:
    counts = dict.fromkeys(("entered", *FATES, "reached", "still_in"), 0)
    for person_id, rows in rows_of.items():
        entry = next((row for row in rows if row["action"] == "enter"), None)
        if entry is None or entry["arm"] != arm:
            continue
        counts["entered"] += 1
        counts["still_in"] += rows[-1]["action"] == "enter"
        for name in _fate(entry, cycles_of[person_id], scenario, settings):
            counts[name] += 1
    return counts


def _fate(entry: Row, cycles: list[Row], scenario: Row, settings: Settings) -> list[str]:
    """One of FATES, and `reached` beside `judged`."""
    day = settings.local_date(entry["occurred_at"])
    last_day = day + timedelta(days=scenario["goal_days"])
    begun = [cycle for cycle in cycles if cycle["started_date"] <= day]
    cycle = max(begun, key=lambda cycle: cycle["cycle_number"], default=None)
    if cycle is None or (cycle["closed_date"] and cycle["closed_date"] <= day):
        return ["in_no_cycle"]
    goal = cycle["stage_dates"].get(scenario["goal_stage"])
    if goal and goal <= day:
        return ["already"]
    if last_day > settings.as_of:
        return ["not_mature"]
    return ["judged", "reached"] if goal and goal <= last_day else ["judged"]
