"""What leads of a score and a grade are worth, and who should have them."""

from datetime import timedelta
from decimal import Decimal

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.ignore_rate import ratio, wilson_bounds
from tests.reference.rules import Rules, lookup

BANDS = [0, 20, 40, 60, 100]
FEWEST_WIN_CASES = 10
Marts = dict[str, list[Row]]


def band_of(score: int) -> int | None:
    return max((floor for floor in BANDS if floor <= score), default=None)


def value_matrix(
    leads: list[Row], handoffs: list[Row], marts: Marts, rules: Rules, settings: Settings
) -> list[Row]:
    """`handoffs` as `lead_handoffs` gives them."""
    cases: dict[tuple[str, int | None], list[Row]] = {}
    for cycle in marts["fct_lead_cycles"]:
        own = [
            row
            for row in handoffs
            if (row["person_id"], row["cycle_number"])
            == (cycle["person_id"], cycle["cycle_number"])
        ]
        if own:
            first = min(own, key=lambda row: row["handed_off_at"])
            last_day = first["handed_off_date"] + timedelta(days=settings.win_wait_days)
            told = {
                "is_decided": last_day <= settings.as_of,
                "is_won": last_day <= settings.as_of
                and cycle["won_date"] is not None
                and cycle["won_date"] <= last_day,
            }
            cell = (first["fit_grade"], band_of(first["score_at_handoff"]))
            cases.setdefault(cell, []).append(cycle | told)
    people: dict[tuple[str, int | None], list[Row]] = {}
    for lead in leads:
        if not lead["is_customer"]:
            cell = (lead["fit_grade"], band_of(lead["behavior_score"]))
            people.setdefault(cell, []).append(lead)
    decided = [case for own in cases.values() for case in own if case["is_decided"]]
    overall = ratio(sum(case["is_won"] for case in decided), len(decided))
    thresholds = lookup(rules, "qualification_rules", "fit_grade", "min_score")
    return [
        _cell(cell, people.get(cell, []), cases.get(cell, []), overall, thresholds.get(cell[0]))
        for cell in people.keys() | cases.keys()
    ]


def _cell(
    cell: tuple[str, int | None],
    people: list[Row],
    cases: list[Row],
    overall: float | None,
    threshold: int | None,
) -> Row:
    grade, floor = cell
    above = [higher for higher in BANDS if floor is None or higher > floor]
    decided = sum(case["is_decided"] for case in cases)
    won = [case for case in cases if case["is_won"]]
    amount = sum((case["amount"] or Decimal(0) for case in won), Decimal(0))
    rate = ratio(len(won), decided)
    low, high = wilson_bounds(rate, decided)
    enough = decided >= FEWEST_WIN_CASES and overall is not None
    is_more = enough and low is not None and low > overall
    is_less = enough and high is not None and high < overall
    is_reached = threshold is not None and floor is not None and floor >= threshold
    is_for_sales = is_more or (is_reached and not is_less)
    with_sales = [lead for lead in people if lead["owner"] == "sales"]
    with_marketing = [lead for lead in people if lead["owner"] == "marketing"]
    reachable = [
        lead for lead in with_marketing if lead["is_contactable"] and not lead["is_excluded"]
    ]
    waiting = [lead for lead in with_sales if lead["stage"] == "handed_off"]
    return {
        "score_from": floor,
        "score_to": above[0] if above else None,
        "fit_grade": grade,
        "people": len(people),
        "people_with_marketing": len(with_marketing),
        "people_with_sales": len(with_sales),
        "cases": len(cases),
        "decided_cases": decided,
        "wins": len(won),
        "won_amount": amount,
        "win_rate": rate,
        "win_rate_low": low,
        "win_rate_high": high,
        "overall_win_rate": overall,
        "expected_value": ratio(amount, decided),
        "suggested_owner": "sales" if is_for_sales else "marketing",
        "suggested_by": "win_rate" if is_more or is_less else "rules",
        "people_with_other_side": len(reachable if is_for_sales else waiting),
    }
