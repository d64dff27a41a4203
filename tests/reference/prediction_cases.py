"""What predictions look at: past hand-offs as they were then, open leads as they are."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.prediction_profiles import Profiles
from tests.reference.rules import Rules
from tests.reference.scores import matches, rule_points

TOUCH_DAYS, INTEREST_DAYS = 90, 30
FLOORS = {
    "score": [0, 20, 40, 60, 100],
    "days_known": [0, 3, 14, 90],
    "days_since_touch": [0, 2, 7, 30],
    "days_since_hand_raise": [0, 4, 14],
    "days_to_hand_raise": [2],
    "touches": [0, 1, 6, 16, 30],
    "mail_reactions": [0, 1, 3],
    "offline_touches": [0, 1, 3],
}

# the bands of a hand-off or lead, by attribute
Bands = dict[str, str]


def band(number: int | None, floors: list[int]) -> str:
    if number is None:
        return "none"
    if number < floors[0]:
        return f"< {floors[0]}"
    if number >= floors[-1]:
        return f"{floors[-1]}+"
    low, next_low = next(pair for pair in pairwise(floors) if pair[0] <= number < pair[1])
    return str(low) if next_low == low + 1 else f"{low} - {next_low - 1}"


class Cases:
    """Hand-offs of the past and open leads of D, each with what was known of it then."""

    def __init__(
        self,
        marts: dict[str, list[Row]],
        judged: list[Row],
        dispositions: dict[str, list[Row]],
        leads: list[Row],
        profiles: Profiles,
        rules: Rules,
        settings: Settings,
    ) -> None:
        self.rules, self.settings = rules["scoring_rules"], settings
        self.profiles = profiles
        self.leads = {lead["person_id"]: lead for lead in leads}
        self.touches: dict[str, list[Row]] = {}
        for touch in marts["fct_touchpoints"]:
            self.touches.setdefault(touch["person_id"], []).append(touch)
        first: dict[str, Any] = {}
        for row in marts["fct_handoffs"]:
            person_id, at = row["person_id"], row["handed_off_at"]
            first[person_id] = min(first.get(person_id, at), at)
        self.handoffs = [
            {
                "day": row["handed_off_date"],
                "bands": self._bands(row, first[row["person_id"]] < row["handed_off_at"]),
                "accepted": self._acceptance(row),
                "won": self._win(row, dispositions[row["person_id"]]),
            }
            | {"score": self._score}
            for row in judged
        ]
        self.open = {
            lead["person_id"]: self._bands(
                {"person_id": lead["person_id"]}, lead["person_id"] in first
            )
            for lead in leads
            if lead["owner"] == "marketing" and lead["is_contactable"] and not lead["is_customer"]
        }

    def _acceptance(self, row: Row) -> tuple[date, date | None] | None:
        """From when on it counts as judged, and from when on as accepted."""
        if not row["is_mature"]:
            return None
        deadline = row["acceptance_deadline"]
        at = row["accepted_at"]
        return deadline, max(deadline, self.settings.local_date(at)) if at else None

    def _win(self, row: Row, dispositions: list[Row]) -> tuple[date, date | None] | None:
        last = row["handed_off_date"] + timedelta(days=self.settings.win_wait_days)
        if not row["is_mature"] or last > self.settings.as_of:
            return None
        is_won = any(
            step["stage"] == "won"
            and step["occurred_at"] >= row["handed_off_at"]
            and self.settings.local_date(step["occurred_at"]) <= last
            for step in dispositions
        )
        return last, last if is_won else None

    def _known(self, row: Row) -> Iterable[Row]:
        own = self.touches.get(row["person_id"], [])
        if "handoff_id" not in row:
            return own
        day = row["handed_off_date"]
        return [
            touch
            for touch in own
            if touch["occurred_at"] < row["handed_off_at"]
            and (
                touch["known_date"] < day
                or (touch["known_date"] == day and not touch["is_stitched"])
            )
        ]

    def _bands(self, row: Row, was_handed_over: bool) -> Bands:
        lead, day = self.leads[row["person_id"]], row.get("handed_off_date", self.settings.as_of)
        profile = lead
        if "handoff_id" in row:
            profile = self.profiles.at(row["person_id"], row["handed_off_at"])
        known, known_for = self._known(row), (day - lead["created_date"]).days
        ago = {touch["touchpoint_id"]: (day - touch["occurred_date"]).days for touch in known}
        recent = [touch for touch in known if ago[touch["touchpoint_id"]] < TOUCH_DAYS]
        self._score, raised = 0, []
        for rule in self.rules:
            active = [
                ago[touch["touchpoint_id"]]
                for touch in known
                if matches(rule, touch) and ago[touch["touchpoint_id"]] < rule["window_days"]
            ]
            self._score += rule_points(rule, len(active))
            if rule["hand_raise"]:
                raised += active
        numbers = {
            "score": self._score,
            "days_known": known_for,
            "days_since_touch": min(ago.values(), default=None),
            "days_since_hand_raise": min(raised, default=None),
            "days_to_hand_raise": known_for - max(raised) if raised else None,
            "touches": sum(days < INTEREST_DAYS for days in ago.values()),
            "mail_reactions": sum(touch["feed"] == "mail" for touch in recent),
            "offline_touches": sum(touch["feed"] == "offline" for touch in recent),
        }
        topics = Counter(touch["topic"] for touch in recent if touch["topic"])
        last = {
            topic: min(ago[touch["touchpoint_id"]] for touch in recent if touch["topic"] == topic)
            for topic in topics
        }
        return {
            **{name: profile[name] for name in ("fit_grade", "account_tier", "lead_source")},
            "is_excluded": "yes" if profile["is_excluded"] else "no",
            "was_handed_over": "yes" if was_handed_over else "no",
            **{name: band(numbers[name], floors) for name, floors in FLOORS.items()},
            "top_topic": min(
                topics, key=lambda topic: (-topics[topic], last[topic], topic), default="none"
            ),
        }
