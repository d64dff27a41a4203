"""Cycles of a lead between marketing and sales (section 10)."""

from datetime import date

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.hiding import masked

STAGES = ("lead", "mql", "handed_off", "sal", "appointment", "opportunity", "won")
DISPOSITION_OF_STAGE = {stage: stage for stage in STAGES[2:]} | {"sal": "accepted"}
RETURNABLE = {"handed_off", "accepted", "appointment", "opportunity"}
AFTER_WON = RETURNABLE | {"won"}


def held_by_cycles(dispositions: list[Row]) -> list[list[Row]]:
    """The dispositions of each cycle, the closing one last; after a win some belong to none."""
    cycles: list[list[Row]] = [[]]
    is_between = False
    for row in dispositions:
        if is_between and row["stage"] not in AFTER_WON:
            continue
        if is_between:
            cycles.append([])
        cycles[-1].append(row)
        is_between = row["stage"] == "won"
        if closes(cycles[-1]) and not is_between:
            cycles.append([])
    return cycles


def closes(held: list[Row]) -> bool:
    """Whether the last disposition of a cycle closes it."""
    if not held:
        return False
    *before, last = held
    if last["stage"] == "lost":
        return not has_another_open_deal(last, before)
    has_come_far = any(row["stage"] in RETURNABLE for row in held)
    return last["stage"] == "won" or (last["stage"] in ("rejected", "recycled") and has_come_far)


def has_another_open_deal(lost: Row, before: list[Row]) -> bool:
    """Whether a deal of another number than the lost one is neither won nor lost by then."""
    deals = [row for row in before if row["opportunity_id"] is not None]
    return lost["opportunity_id"] is not None and any(
        row["stage"] == "opportunity"
        and row["opportunity_id"] != lost["opportunity_id"]
        and not any(
            later["stage"] == "lost" and later["opportunity_id"] == row["opportunity_id"]
            for later in deals[place + 1 :]
        )
        for place, row in enumerate(deals)
    )


def lead_cycles(
    persons: list[Row],
    dispositions: dict[str, list[Row]],
    qualifications: list[Row],
    settings: Settings,
) -> list[Row]:
    """fct_lead_cycles, each with `stage_dates` and the `held` disposition ids."""
    found: list[Row] = []
    for person in persons:
        entries = sorted(
            row["qualified_from"]
            for row in qualifications
            if row["person_id"] == person["person_id"]
        )
        start = settings.local_date(person["created_at"])
        held_by_number = held_by_cycles(dispositions.get(person["person_id"], []))
        is_customer = False
        for number, held in enumerate(held_by_number, start=1):
            if is_customer and found[-1]["outcome"] == "won":
                start = settings.local_date(held[0]["occurred_at"])
            cycle = _cycle(person, number, start, held, entries, settings)
            found.append(cycle | {"is_customer": is_customer})
            start = cycle["closed_date"]
            is_customer |= cycle["outcome"] == "won"
    return found


def _cycle(
    person: Row, number: int, start: date, held: list[Row], entries: list[date], settings: Settings
) -> Row:
    closed_date = settings.local_date(held[-1]["occurred_at"]) if closes(held) else None
    own = _own_dates(number, start, closed_date or settings.as_of, held, entries, settings)
    dates = {stage: _least_from(stage, own) for stage in STAGES} | {"lead": start}
    reached = [stage for stage in STAGES if dates[stage]]
    return {
        "person_id": person["person_id"],
        "cycle_number": number,
        "started_date": start,
        "lead_source": masked(person["lead_source"]),
        **{name: person[name] for name in ("fit_grade", "account_tier")},
        **{f"{stage}_date": dates[stage] for stage in STAGES[1:]},
        "implied_stages": sum(dates[stage] != own.get(stage) for stage in STAGES[1:]),
        "furthest_stage": reached[-1],
        "outcome": held[-1]["stage"] if closes(held) else "open",
        "closed_date": closed_date,
        "amount": _amount(held),
        "stage_dates": {stage: dates[stage] for stage in reached},
        "held": {row["disposition_id"] for row in held},
    }


def _own_dates(
    number: int, start: date, end: date, held: list[Row], entries: list[date], settings: Settings
) -> dict[str, date]:
    own = {"lead": start}
    in_cycle = [day for day in entries if start <= day <= end and (number == 1 or day > start)]
    if in_cycle:
        own["mql"] = in_cycle[0]
    for stage, disposition in DISPOSITION_OF_STAGE.items():
        for row in reversed(held):
            if row["stage"] == disposition:
                own[stage] = settings.local_date(row["occurred_at"])
    return own


def _least_from(stage: str, own: dict[str, date]) -> date | None:
    """The least own date of a stage and of all later ones."""
    later = STAGES[STAGES.index(stage) :]
    return min((own[name] for name in later if name in own), default=None)


def _amount(held: list[Row]) -> object:
    won = [row for row in held if row["stage"] == "won"]
    if won and won[0]["amount"] is not None:
        return won[0]["amount"]
    deals = [row for row in held if row["stage"] == "opportunity"]
    won_deals = {row["opportunity_id"] for row in won} - {None}
    of_won = [row for row in deals if row["opportunity_id"] in won_deals]
    last = (of_won or deals or [{"amount": None}])[-1]
    return last["amount"]
