"""Credit for conversions to the touches before them (section 10)."""

from collections import Counter
from datetime import date, timedelta

from tests.reference.feeds import Row

CONVERSION_STAGES = ("mql", "sal", "opportunity", "won")
LOOK_BACK = timedelta(days=90)


def weights(model: str, ages: list[int]) -> list[float]:
    """The credit of each touch, oldest first; ages in days before the conversion."""
    count = len(ages)
    if model == "first":
        return [1.0] + [0.0] * (count - 1)
    if model == "last":
        return [0.0] * (count - 1) + [1.0]
    if model == "position":
        if count <= 2:
            return [1 / count] * count
        return [0.4] + [0.2 / (count - 2)] * (count - 2) + [0.4]
    raw = [2 ** (-age / 7) if model == "time_decay" else 1.0 for age in ages]
    return [weight / sum(raw) for weight in raw]


def touches_before(day: date, touches: list[Row]) -> list[Row]:
    eligible = [
        touch
        for touch in touches
        if day - LOOK_BACK < touch["occurred_date"] <= day and touch["known_date"] <= day
    ]
    return sorted(eligible, key=lambda touch: (touch["occurred_at"], touch["touchpoint_id"]))


def attribution(cycles: list[Row], touches: list[Row]) -> list[Row]:
    by_person: dict[str, list[Row]] = {}
    for touch in touches:
        by_person.setdefault(touch["person_id"], []).append(touch)
    credits: Counter[tuple[object, ...]] = Counter()
    amounts: Counter[tuple[object, ...]] = Counter()
    for cycle in cycles:
        for stage in CONVERSION_STAGES:
            day = cycle["stage_dates"].get(stage)
            if day is None:
                continue
            before = touches_before(day, by_person.get(cycle["person_id"], []))
            places = [(touch["channel"], touch["campaign"]) for touch in before]
            ages = [(day - touch["occurred_date"]).days for touch in before]
            for model in ("first", "last", "linear", "position", "time_decay"):
                shares = weights(model, ages) if before else [1.0]
                for place, share in zip(places or [("unattributed", None)], shares, strict=True):
                    key = (stage, model, *place, day.replace(day=1))
                    credits[key] += share
                    amounts[key] += share * float(cycle["amount"] or 0)
    names = ("conversion_stage", "model", "channel", "campaign", "month")
    return [
        dict(zip(names, key, strict=True)) | {"credit": credit, "credited_amount": amounts[key]}
        for key, credit in credits.items()
        if credit
    ]
