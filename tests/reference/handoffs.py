"""Hand-offs and their outcomes (section 9)."""

from datetime import date, datetime
from itertools import pairwise
from typing import Any

from tests.reference.clock import Settings, nth_business_day_after
from tests.reference.feeds import Row
from tests.reference.hiding import masked, masked_apart, masked_reason
from tests.reference.rules import Rules, canonical_disposition, lookup

ACCEPTANCES = {"accepted", "appointment", "opportunity", "won"}
TOUCHES = {"attempted", "contacted", "appointment", "opportunity", "won"}
REJECTIONS = {"rejected", "recycled"}
IGNORED = ("rejected", "stalled", "untouched")


def dispositions_by_person(sales: list[Row], rules: Rules) -> dict[str, list[Row]]:
    """Resolved dispositions in the order of (`occurred_at`, `disposition_id`), with `stage`."""
    found: dict[str, list[Row]] = {}
    for row in sorted(sales, key=lambda row: (row["occurred_at"], row["disposition_id"])):
        if row["person_id"]:
            stage = canonical_disposition(rules, row["disposition"])
            found.setdefault(row["person_id"], []).append(row | {"stage": stage})
    return {person_id: reopened(rows) for person_id, rows in found.items()}


def reopened(rows: list[Row]) -> list[Row]:
    """A won deal that goes on later was an opportunity."""
    return [
        row | {"stage": "opportunity"}
        if row["stage"] == "won" and _goes_on(row["opportunity_id"], rows[place + 1 :])
        else row
        for place, row in enumerate(rows)
    ]


def _goes_on(opportunity_id: str | None, later: list[Row]) -> bool:
    return opportunity_id is not None and any(
        row["opportunity_id"] == opportunity_id and row["stage"] in ("opportunity", "lost")
        for row in later
    )


def standing_handoffs(dispositions: list[Row], settings: Settings) -> list[Row]:
    """The first `handed_off` row of every local date."""
    by_date: dict[date, Row] = {}
    for row in dispositions:
        if row["stage"] == "handed_off":
            by_date.setdefault(settings.local_date(row["occurred_at"]), row)
    return list(by_date.values())


def handoffs(
    dispositions: dict[str, list[Row]], persons: dict[str, Row], rules: Rules, settings: Settings
) -> list[Row]:
    """One row per hand-off, also with `withdrawn_at`; cycle and score are added elsewhere."""
    found: list[Row] = []
    for person_id, rows in dispositions.items():
        standing = standing_handoffs(rows, settings)
        for handoff, following in pairwise([*standing, None]):
            assert handoff is not None
            end = following["occurred_at"] if following else datetime.max
            window = [row for row in rows if handoff["occurred_at"] <= row["occurred_at"] < end]
            found.append(_handoff(handoff, window, persons[person_id], rules, settings))
    return found


def _handoff(handoff: Row, window: list[Row], person: Row, rules: Rules, settings: Settings) -> Row:
    def first(stages: set[str]) -> Row:
        return next((row for row in window if row["stage"] in stages), {})

    handed_off_date = settings.local_date(handoff["occurred_at"])
    sla = lookup(rules, "handoff_sla", "account_tier", "acceptance_business_days")
    allowed = sla.get(person["account_tier"], sla["default"])
    holidays = {record["date"] for record in rules["holidays"]}
    rejection = first(REJECTIONS)
    row = {
        "handoff_id": handoff["disposition_id"],
        "person_id": person["person_id"],
        "handed_off_at": handoff["occurred_at"],
        "handed_off_date": handed_off_date,
        **{name: masked_apart(handoff[name]) for name in ("sales_team", "sales_rep", "routed_by")},
        "lead_source": masked(person["lead_source"]),
        **{name: person[name] for name in ("fit_grade", "account_tier")},
        "acceptance_deadline": nth_business_day_after(handed_off_date, allowed, holidays),
        "first_touch_at": first(TOUCHES).get("occurred_at"),
        "accepted_at": first(ACCEPTANCES).get("occurred_at"),
        "rejected_at": rejection.get("occurred_at"),
        "reason": masked_reason(rejection.get("reason")),
        "withdrawn_at": first({"withdrawn"}).get("occurred_at"),
    }
    return row | _judgement(row, settings)


def lead_handoffs(handoffs: list[Row], cycles: list[Row]) -> list[Row]:
    """Hand-offs that scores are judged by: not withdrawn, and of nobody who was won before."""
    of_customers = {
        (cycle["person_id"], cycle["cycle_number"]) for cycle in cycles if cycle["is_customer"]
    }
    return [
        row
        for row in handoffs
        if row["outcome"] != "withdrawn"
        and (row["person_id"], row["cycle_number"]) not in of_customers
    ]


def _judgement(row: Row, settings: Settings) -> dict[str, Any]:
    deadline, accepted_at, touched_at = (
        row[name] for name in ("acceptance_deadline", "accepted_at", "first_touch_at")
    )
    is_mature = deadline <= settings.as_of
    in_time = accepted_at is not None and settings.local_date(accepted_at) <= deadline
    cases = [
        (in_time, "accepted"),
        (accepted_at is not None, "accepted_late"),
        (row["withdrawn_at"] is not None, "withdrawn"),
        (row["rejected_at"] is not None, "rejected"),
        (not is_mature, "pending"),
        (touched_at is not None, "stalled"),
        (True, "untouched"),
    ]
    outcome = next(name for holds, name in cases if holds)
    elapsed = touched_at - row["handed_off_at"] if touched_at else None
    return {
        "outcome": outcome,
        "is_mature": is_mature,
        "is_ignored_at_deadline": is_mature and outcome != "withdrawn" and not in_time,
        "hours_to_first_touch": elapsed.total_seconds() / 3600 if elapsed is not None else None,
        "is_ignored": is_mature and outcome in IGNORED,
    }
