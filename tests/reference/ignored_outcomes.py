"""What became of what sales ignored (section 13)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.nurture import difference, rate

SIDES = {"accepted": "accepted", "accepted_late": "accepted"}


def ignored_outcomes(
    handoffs: list[Row], dispositions: dict[str, list[Row]], settings: Settings
) -> list[Row]:
    """ignored_outcomes, from fct_handoffs and the resolved dispositions."""
    wait = timedelta(days=settings.win_wait_days)
    groups: dict[tuple[Any, ...], dict[str, list[Row | None]]] = {}
    for row in handoffs:
        day = row["handed_off_date"]
        if row["is_mature"] and row["outcome"] != "withdrawn" and day + wait <= settings.as_of:
            quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            sides = groups.setdefault((quarter, row["fit_grade"]), {"accepted": [], "ignored": []})
            wins = (
                won
                for won in dispositions[row["person_id"]]
                if won["stage"] == "won"
                and won["occurred_at"] >= row["handed_off_at"]
                and settings.local_date(won["occurred_at"]) <= day + wait
            )
            sides[SIDES.get(row["outcome"], "ignored")].append(next(wins, None))
    return [
        {"handoff_quarter": quarter, "fit_grade": grade} | _figures(sides)
        for (quarter, grade), sides in groups.items()
    ]


def _figures(sides: dict[str, list[Row | None]]) -> Row:
    found: Row = {}
    rates = {}
    for side, first_wins in sides.items():
        won = [win for win in first_wins if win is not None]
        rates[side] = rate(len(won), len(first_wins))
        found |= {
            f"{side}_handoffs": len(first_wins),
            f"{side}_won": len(won),
            f"{side}_won_amount": sum((win["amount"] or 0 for win in won), Decimal(0)),
            f"{side}_win_rate": rates[side][0],
            f"{side}_win_rate_low": rates[side][1],
            f"{side}_win_rate_high": rates[side][2],
        }
    lost = [
        None if part is None else found["ignored_handoffs"] * part
        for part in difference(rates["accepted"], rates["ignored"])
    ]
    found |= dict(zip(("lost_wins", "lost_wins_low", "lost_wins_high"), lost, strict=True))
    is_known = lost[0] is not None and found["accepted_won"]
    mean = found["accepted_won_amount"] / found["accepted_won"] if is_known else None
    return found | {"lost_amount": lost[0] * float(mean) if mean is not None else None}
