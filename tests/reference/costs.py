"""What the money of a month brought (section 13)."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.reference.attribution import CONVERSION_STAGES, touches_before, weights
from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.hiding import masked
from tests.reference.identity import existing
from tests.reference.leads import grouped

MODELS = ("first", "last", "linear", "position", "time_decay")
COST_PER = {"mql": "mql", "sal": "sal", "opportunity": "opportunity", "won": "win"}


def cost_performance(
    costs: list[Row], cycles: list[Row], touches: list[Row], settings: Settings
) -> list[Row]:
    """cost_performance, from cost rows of all days."""
    spent: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in existing(costs, settings):
        month = settings.local_month(row["occurred_at"])
        spent[month, row["channel"], masked(row["campaign"])] += row["amount"]
    credits: dict[tuple[Any, ...], Row] = defaultdict(
        lambda: dict.fromkeys((*CONVERSION_STAGES, "won_amount"), 0.0)
    )
    by_person = grouped(touches)
    for cycle in cycles:
        for stage in CONVERSION_STAGES:
            day = cycle["stage_dates"].get(stage)
            before = touches_before(day, by_person.get(cycle["person_id"], [])) if day else []
            places = [
                (touch["occurred_date"].replace(day=1), touch["channel"], touch["campaign"])
                for touch in before
            ]
            ages = [(day - touch["occurred_date"]).days for touch in before]
            for model in MODELS if day else ():
                shares = weights(model, ages) if before else [1.0]
                unattributed = (day.replace(day=1), "unattributed", None)
                for place, share in zip(places or [unattributed], shares, strict=True):
                    row = credits[*place, model]
                    row[stage] += share
                    if stage == "won":
                        row["won_amount"] += share * float(cycle["amount"] or 0)
    keys = {(*place, model) for place in spent for model in MODELS} | credits.keys()
    return [
        row
        for *place, model in keys
        if _counts(row := _row(tuple(place), model, spent, credits[*place, model]))
    ]


def _counts(row: Row) -> bool:
    return row["cost"] != 0 or any(row[stage] != 0 for stage in CONVERSION_STAGES)


def _row(
    place: tuple[Any, ...], model: str, spent: dict[tuple[Any, ...], Decimal], credit: Row
) -> Row:
    cost = spent.get(place, Decimal(0))
    month, channel, campaign = place
    return {
        "month": month,
        "channel": channel,
        "campaign": campaign,
        "model": model,
        "cost": cost,
        **credit,
        **{
            f"cost_per_{name}": float(cost) / credit[stage] if cost > 0 < credit[stage] else None
            for stage, name in COST_PER.items()
        },
        "return_on_cost": credit["won_amount"] / float(cost) if cost > 0 else None,
    }
