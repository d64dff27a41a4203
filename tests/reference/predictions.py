"""Chances that sales accepts a lead and that it is won, learned from past hand-offs."""

import csv
import math
from datetime import date, timedelta
from functools import cache

from pipelines.settings import LABELS
from tests.reference.clock import ONE_DAY, Settings
from tests.reference.feeds import Row
from tests.reference.prediction_cases import Bands, Cases

PREDICTION_DAYS = 730
PRIOR, SHRINKAGE = 30, 120
OUTCOMES = ("accepted", "won")
NEWTON_STEPS = 7

Line = tuple[float, float]


def chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


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
        totals: dict[str, list[float]] = {}
        for key, found in counts.items():
            totals.setdefault(key[0], []).append(round(self.weights[key] * len(found), 9))
        self.average = {attribute: math.fsum(own) / self.cases for attribute, own in totals.items()}
        means = math.fsum(each for own in totals.values() for each in own) / max(1, self.cases)
        self.base = round(intercept + self.slope * means, 9)

    def parts(self, bands: Bands) -> dict[str, float]:
        """What each attribute adds to the log-odds of the average hand-off."""
        return {
            attribute: round(self.slope * (self.weights[key] - self.average[attribute]), 9)
            if (key := (attribute, value)) in self.weights
            else 0.0
            for attribute, value in bands.items()
        }

    def log_odds(self, bands: Bands) -> float:
        return round(self.base + math.fsum(self.parts(bands).values()), 9)


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
