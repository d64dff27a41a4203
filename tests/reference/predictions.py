"""Chances that sales accepts a lead and that it is won, learned from past hand-offs."""

import csv
import math
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from itertools import groupby, pairwise
from typing import Any

from pipelines.settings import LABELS
from tests.reference.clock import ONE_DAY, Settings
from tests.reference.feeds import Row
from tests.reference.ignore_rate import ratio, wilson_bounds
from tests.reference.rules import Rules
from tests.reference.scores import matches, rule_points

PREDICTION_DAYS = 730
TOUCH_DAYS, INTEREST_DAYS = 90, 30
PRIOR, SHRINKAGE = 30, 120
SMALLEST_GROUP, FEWEST_CASES = 30, 10
CONVERSIONS = {
    *("document_request", "newsletter_signup", "webinar_signup", "quote_request", "inquiry"),
}
FLOORS = {
    "score": [0, 20, 40, 60, 100],
    "days_known": [0, 3, 14, 90],
    "days_since_touch": [0, 2, 7, 30],
    "days_since_hand_raise": [0, 4, 14],
    "touches": [0, 1, 6, 16, 30],
    "conversions": [0, 1, 2],
    "mail_reactions": [0, 1, 3],
    "offline_touches": [0, 1, 3],
}
OUTCOMES = ("accepted", "won")
NEWTON_STEPS = 7

# the bands of a hand-off or lead, by attribute
Bands = dict[str, str]
Line = tuple[float, float]


def band(number: int | None, floors: list[int]) -> str:
    if number is None:
        return "none"
    if number < floors[0]:
        return f"< {floors[0]}"
    if number >= floors[-1]:
        return f"{floors[-1]}+"
    low, next_low = next(pair for pair in pairwise(floors) if pair[0] <= number < pair[1])
    return str(low) if next_low == low + 1 else f"{low} - {next_low - 1}"


def chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


class Cases:
    """Hand-offs of the past and open leads of D, each with what was known of it then."""

    def __init__(
        self,
        marts: dict[str, list[Row]],
        judged: list[Row],
        dispositions: dict[str, list[Row]],
        leads: list[Row],
        rules: Rules,
        settings: Settings,
    ) -> None:
        self.rules, self.settings = rules["scoring_rules"], settings
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
        known = self._known(row)
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
            "days_known": (day - lead["created_date"]).days,
            "days_since_touch": min(ago.values(), default=None),
            "days_since_hand_raise": min(raised, default=None),
            "touches": sum(days < INTEREST_DAYS for days in ago.values()),
            "conversions": sum(touch["touchpoint_type"] in CONVERSIONS for touch in recent),
            "mail_reactions": sum(touch["feed"] == "mail" for touch in recent),
            "offline_touches": sum(touch["feed"] == "offline" for touch in recent),
        }
        topics = Counter(touch["topic"] for touch in recent if touch["topic"])
        last = {
            topic: min(ago[touch["touchpoint_id"]] for touch in recent if touch["topic"] == topic)
            for topic in topics
        }
        return {
            **{name: lead[name] for name in ("fit_grade", "account_tier", "lead_source")},
            "is_excluded": "yes" if lead["is_excluded"] else "no",
            "was_handed_over": "yes" if was_handed_over else "no",
            **{name: band(numbers[name], floors) for name, floors in FLOORS.items()},
            "top_topic": min(
                topics, key=lambda topic: (-topics[topic], last[topic], topic), default="none"
            ),
        }


class Learned:
    """What the hand-offs of the last days whose outcome was known before a day teach."""

    def __init__(self, handoffs: list[Row], outcome: str, before: date) -> None:
        first = before - timedelta(days=PREDICTION_DAYS)
        rows = [
            row
            for row in handoffs
            if row[outcome] and row[outcome][0] < before and row["day"] >= first
        ]
        hits = [int(row[outcome][1] is not None and row[outcome][1] < before) for row in rows]
        self.cases, self.hits = len(rows), sum(hits)
        counts: dict[tuple[str, str], list[int]] = {}
        for row, hit in zip(rows, hits, strict=True):
            for key in row["bands"].items():
                counts.setdefault(key, []).append(hit)
        self.weights = {
            key: round(weight(len(found), sum(found), self.cases, self.hits), 9)
            for key, found in counts.items()
        }
        # each hand-off beside the others alone
        points = [
            round(
                math.fsum(
                    round(
                        weight(
                            len(counts[key]) - 1,
                            sum(counts[key]) - hit,
                            self.cases - 1,
                            self.hits - hit,
                        ),
                        9,
                    )
                    for key in row["bands"].items()
                ),
                1,
            )
            for row, hit in zip(rows, hits, strict=True)
        ]
        self.rule = fitted([row["score"] / 100 for row in rows], hits)
        intercept, self.slope = fitted(points, hits, ridge=SHRINKAGE)
        self.average: dict[str, float] = {}
        for attribute in {attribute for attribute, _ in counts}:
            own = {key: found for key, found in counts.items() if key[0] == attribute}
            total = math.fsum(
                round(self.weights[key] * len(found), 9) for key, found in own.items()
            )
            self.average[attribute] = total / self.cases
        means = math.fsum(round(mean, 9) for mean in self.average.values())
        self.base = round(intercept + self.slope * means, 6)

    def parts(self, bands: Bands) -> dict[str, float]:
        """What each attribute adds to the log-odds of the average hand-off."""
        return {
            attribute: round(self.slope * (self.weights[key] - self.average[attribute]), 6)
            if (key := (attribute, value)) in self.weights
            else 0.0
            for attribute, value in bands.items()
        }

    def log_odds(self, bands: Bands) -> float:
        return round(self.base + math.fsum(self.parts(bands).values()), 6)


def weight(band_cases: int, band_hits: int, cases: int, hits: int) -> float:
    base = (hits + 1) / (cases + 2)
    odds = (band_hits + PRIOR * base) / (band_cases - band_hits + PRIOR * (1 - base))
    return math.log(odds) - math.log((hits + 1) / (cases - hits + 1))


def fitted(points: list[float], hits: list[int], ridge: float = 0) -> Line:
    """Intercept and slope of the log-odds, by Newton's method from the overall odds on."""
    cases: dict[float, list[int]] = {}
    for x, hit in zip(points, hits, strict=True):
        cases.setdefault(x, []).append(hit)
    intercept = round(math.log((sum(hits) + 1) / (len(hits) - sum(hits) + 1)), 9)
    slope = 0.0
    if sum(hits) in (0, len(hits)):
        return intercept, slope
    for _ in range(NEWTON_STEPS):
        terms = []
        for x, found in cases.items():
            p = chance(intercept + slope * x)
            gap, spread = sum(found) - len(found) * p, len(found) * p * (1 - p)
            terms.append((gap, gap * x, spread, spread * x, spread * x * x))
        gap, gap_x, w, w_x, w_xx = (
            math.fsum(round(term, 9) for term in column) for column in zip(*terms, strict=True)
        )
        w_xx, gap_x = w_xx + ridge, gap_x - ridge * slope
        determinant = round(w * w_xx - w_x * w_x, 6)
        if determinant:
            intercept += (w_xx * gap - w_x * gap_x) / determinant
            slope += (w * gap_x - w_x * gap) / determinant
            intercept, slope = (
                max(-50.0, min(50.0, round(value, 9))) for value in (intercept, slope)
            )
    return intercept, slope


@cache
def labels(language: str) -> dict[tuple[str, str], str]:
    with (LABELS / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["kind"], row["key"]): row["label"]
            for row in csv.DictReader(file)
            if row["language"] == language
        }


def lead_predictions(cases: Cases, settings: Settings) -> list[Row]:
    learned = {
        outcome: Learned(cases.handoffs, outcome, settings.as_of + ONE_DAY) for outcome in OUTCOMES
    }
    return [
        {"person_id": person_id}
        | {
            f"{outcome}_{name}": value
            for outcome in OUTCOMES
            for name, value in _predicted(bands, learned[outcome], settings).items()
        }
        for person_id, bands in cases.open.items()
    ]


def _predicted(bands: Bands, learned: Learned, settings: Settings) -> Row:
    is_enough = learned.cases >= settings.fewest_prediction_outcomes
    parts = learned.parts(bands) if is_enough else {}
    ranked = sorted(
        (name for name, part in parts.items() if f"{math.exp(part):.2f}" != "1.00"),
        key=lambda name: (-abs(parts[name]), name),
    )
    found: Row = {
        "status": "predicted" if is_enough else "too_few_outcomes",
        "learned_handoffs": learned.cases,
        "chance": round(chance(learned.log_odds(bands)), 6) if is_enough else None,
    }
    for language in ("en", "ja"):
        words = labels(language)
        note = words["prediction", "too_few_outcomes"].format(
            count=learned.cases, fewest=settings.fewest_prediction_outcomes
        )
        found[f"note_{language}"] = None if is_enough else note
        for place in range(3):
            name = ranked[place] if place < len(ranked) else None
            found[f"reason_{place + 1}_{language}"] = name and words[
                "prediction", "raises" if parts[name] > 0 else "lowers"
            ].format(
                attribute=words["prediction", name],
                band=words.get(("prediction_band", bands[name]), bands[name]),
                odds=f"{math.exp(parts[name]):.2f}",
            )
    return found


def prediction_quality(cases: Cases, settings: Settings) -> list[Row]:
    first = settings.as_of - timedelta(days=PREDICTION_DAYS)
    found: list[Row] = []
    for outcome in OUTCOMES:
        judged = sorted(
            (row for row in cases.handoffs if row[outcome] and row["day"] > first),
            key=lambda row: row["day"],
        )
        pooled: dict[str, list[tuple[float, int]]] = {"prediction": [], "rule_score": []}
        for quarter, rows in groupby(judged, key=lambda row: _quarter(row["day"])):
            tests = list(rows)
            learned = Learned(cases.handoffs, outcome, quarter)
            hits = [int(row[outcome][1] is not None) for row in tests]
            told = {
                "outcome": outcome,
                "handoff_quarter": quarter,
                "learned_handoffs": learned.cases,
                "learned_hits": learned.hits,
            }
            for basis, pairs in pooled.items():
                if learned.cases < settings.fewest_prediction_outcomes:
                    found.append(told | {"basis": basis} | _unpredicted(hits))
                    continue
                log_odds = [
                    learned.log_odds(row["bands"])
                    if basis == "prediction"
                    else round(learned.rule[0] + learned.rule[1] * row["score"] / 100, 6)
                    for row in tests
                ]
                own = list(zip(log_odds, hits, strict=True))
                pairs += own
                found += [told | {"basis": basis} | row for row in _judged(own)]
        told = dict.fromkeys(("handoff_quarter", "learned_handoffs", "learned_hits"))
        found += [
            told | {"outcome": outcome, "basis": basis} | row
            for basis, pairs in pooled.items()
            if pairs
            for row in _judged(pairs)
        ]
    return found


def _quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _rates(hits: list[int]) -> Row:
    share = ratio(sum(hits), len(hits))
    low, high = wilson_bounds(share, len(hits))
    return {
        "handoffs": len(hits),
        "hits": sum(hits),
        "actual_rate": share,
        "actual_rate_low": low,
        "actual_rate_high": high,
        "is_small": len(hits) < SMALLEST_GROUP,
    }


def _unpredicted(hits: list[int]) -> Row:
    nothing = ("chance_decile", "expected_rate", "auc", "brier_score", "calibration_slope")
    return dict.fromkeys(nothing) | {"status": "too_few_outcomes"} | _rates(hits)


def _judged(pairs: list[tuple[float, int]]) -> list[Row]:
    """All hand-offs together, and the tenths of them by chance."""
    deciles: dict[int, list[tuple[float, int]]] = {}
    for x, hit in pairs:
        below = sum(other < x for other, _ in pairs)
        equal = sum(other == x for other, _ in pairs)
        deciles.setdefault(int((below + equal / 2) / len(pairs) * 10) + 1, []).append((x, hit))
    misses = [x for x, hit in pairs if not hit]
    wins = [x for x, hit in pairs if hit]
    orders = [(win > miss) + (win == miss) / 2 for win in wins for miss in misses]
    is_enough = min(len(wins), len(misses)) >= FEWEST_CASES
    whole = {
        "auc": sum(orders) / len(orders) if orders else None,
        "brier_score": sum((round(chance(x), 6) - hit) ** 2 for x, hit in pairs) / len(pairs),
        "calibration_slope": fitted([x for x, _ in pairs], [hit for _, hit in pairs])[1]
        if is_enough
        else None,
    }
    return [
        {
            "chance_decile": decile,
            "status": "predicted",
            "expected_rate": sum(round(chance(x), 6) for x, _ in group) / len(group),
            **_rates([hit for _, hit in group]),
            **(whole if decile is None else dict.fromkeys(whole)),
        }
        for decile, group in [(None, pairs), *sorted(deciles.items())]
    ]
