"""Rolling scores, counted day by day (section 7)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.reference.clock import ONE_DAY, Settings, days
from tests.reference.feeds import Row
from tests.reference.rules import Rules

Series = dict[date, int]


def matches(rule: Row, touch: Row) -> bool:
    day = touch["occurred_date"]
    return (
        touch["touchpoint_type"] == rule["touchpoint_type"]
        and rule["content_type"] in (None, touch["content_type"])
        and (rule["valid_from"] is None or rule["valid_from"] <= day)
        and (rule["valid_to"] is None or day < rule["valid_to"])
    )


def active_counts(touches: list[Row], rule: Row, settings: Settings) -> Series:
    """Active matches on every day from the first with one to D; empty if there is none."""
    window = timedelta(days=rule["window_days"])
    matched = [touch for touch in touches if matches(rule, touch)]
    counts: Series = {}
    for day in days(
        min((touch["known_date"] for touch in matched), default=date.max), settings.as_of
    ):
        active = sum(
            touch["known_date"] <= day < touch["occurred_date"] + window for touch in matched
        )
        if active or counts:
            counts[day] = active
    return counts


def rule_points(rule: Row, active: int) -> int:
    points = abs(rule["points"]) * (active // rule["every"])
    if rule["max_points"] is not None:
        points = min(points, rule["max_points"])
    return -points if rule["points"] < 0 else points


def ranges(series: Mapping[date, Any], as_of: date) -> list[tuple[date, date | None, Any]]:
    """Runs of equal values over consecutive days as (from, exclusive to or None at D, value)."""
    found: list[list[Any]] = []
    for day in sorted(series):
        if found and found[-1][1] == day and found[-1][2] == series[day]:
            found[-1][1] = day + ONE_DAY
        else:
            found.append([day, day + ONE_DAY, series[day]])
    return [(first, None if end > as_of else end, value) for first, end, value in found]


class Scores:
    """Active matches per person and rule, and the behaviour score of any day."""

    def __init__(self, touches: list[Row], rules: Rules, settings: Settings) -> None:
        self.settings = settings
        self.rules = {rule["rule_id"]: rule for rule in rules["scoring_rules"]}
        self.counts: dict[str, dict[str, Series]] = {}
        by_person: dict[str, list[Row]] = {}
        for touch in touches:
            by_person.setdefault(touch["person_id"], []).append(touch)
        for person_id, own in by_person.items():
            series = {
                rule_id: active_counts(own, rule, settings) for rule_id, rule in self.rules.items()
            }
            self.counts[person_id] = {rule_id: days for rule_id, days in series.items() if days}

    def score(self, person_id: str, day: date) -> int:
        return sum(
            rule_points(self.rules[rule_id], series.get(day, 0))
            for rule_id, series in self.counts.get(person_id, {}).items()
        )

    def has_raised_hand(self, person_id: str, day: date) -> bool:
        return any(
            self.rules[rule_id]["hand_raise"]
            and series.get(day, 0) // self.rules[rule_id]["every"] >= 1
            for rule_id, series in self.counts.get(person_id, {}).items()
        )

    def contributions(self) -> list[Row]:
        """fct_score_contributions."""
        return [
            {
                "person_id": person_id,
                "rule_id": rule_id,
                "valid_from": first,
                "valid_to": end,
                "active_count": active,
                "points": rule_points(self.rules[rule_id], active),
            }
            for person_id, by_rule in self.counts.items()
            for rule_id, series in by_rule.items()
            for first, end, active in ranges(series, self.settings.as_of)
        ]

    def lead_scores(self) -> list[Row]:
        """fct_lead_scores."""
        found: list[Row] = []
        for person_id, by_rule in self.counts.items():
            start = min((min(series) for series in by_rule.values()), default=date.max)
            totals = {day: self.score(person_id, day) for day in days(start, self.settings.as_of)}
            found += [
                {
                    "person_id": person_id,
                    "valid_from": first,
                    "valid_to": end,
                    "behavior_score": score,
                }
                for first, end, score in ranges(totals, self.settings.as_of)
            ]
        return found
