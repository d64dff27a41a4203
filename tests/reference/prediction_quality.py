"""How good predictions would have been: learned before a quarter, judged on it."""

from datetime import date, timedelta
from itertools import groupby

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.ignore_rate import ratio, wilson_bounds
from tests.reference.prediction_cases import Cases
from tests.reference.predictions import OUTCOMES, PREDICTION_DAYS, Learned, chance, fitted

SMALLEST_GROUP, FEWEST_CASES = 30, 10


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
                    else round(learned.rule[0] + learned.rule[1] * row["score"] / 100, 9)
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
