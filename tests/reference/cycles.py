"""Cycles of a lead between marketing and sales (section 10)."""

from datetime import date

from tests.reference.clock import Settings
from tests.reference.feeds import Row

STAGES = ("lead", "mql", "handed_off", "sal", "appointment", "opportunity", "won")
DISPOSITION_OF_STAGE = {stage: stage for stage in STAGES[2:]} | {"sal": "accepted"}
RETURNABLE = {"handed_off", "accepted", "appointment", "opportunity"}


def held_by_cycles(dispositions: list[Row]) -> list[list[Row]]:
    """The dispositions of each cycle, the closing one last; after `won` they belong to none."""
    cycles: list[list[Row]] = [[]]
    for row in dispositions:
        cycles[-1].append(row)
        if row["stage"] == "won":
            break
        if closes(cycles[-1]):
            cycles.append([])
    return cycles


def closes(held: list[Row]) -> bool:
    """Whether the last disposition of a cycle closes it."""
    if not held:
        return False
    has_come_far = any(row["stage"] in RETURNABLE for row in held)
    last = held[-1]["stage"]
    return last in ("won", "lost") or (last in ("rejected", "recycled") and has_come_far)


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
        for number, held in enumerate(held_by_number, start=1):
            cycle = _cycle(person, number, start, held, entries, settings)
            found.append(cycle)
            start = cycle["closed_date"]
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
        **{name: person[name] for name in ("lead_source", "fit_grade", "account_tier")},
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
    won = [row["amount"] for row in held if row["stage"] == "won" and row["amount"] is not None]
    opportunities = [row["amount"] for row in held if row["stage"] == "opportunity"]
    return (won or opportunities or [None])[-1]
