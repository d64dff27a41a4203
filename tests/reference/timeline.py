"""Everything that happened with a person, in one list."""

from collections.abc import Iterator

from tests.reference.clock import Settings
from tests.reference.feeds import LABELS, Row
from tests.reference.hiding import masked, masked_apart, masked_reason
from tests.reference.rules import Rules
from tests.reference.touchpoints import Resolved, bot_test, machine_test, page_path, web_type


def lead_timeline(
    resolved: Resolved,
    dispositions: dict[str, list[Row]],
    touches: list[Row],
    rules: Rules,
    settings: Settings,
) -> list[Row]:
    """Every resolved row of the four feeds once, touchpoints as `fct_touchpoints` has them."""
    counted = {touch["touchpoint_id"]: touch for touch in touches}
    by_person: dict[str, list[Row]] = {}
    for entry in _entries(resolved, dispositions, rules, settings):
        touch = counted.get(entry["timeline_id"])
        entry["is_touchpoint"] = touch is not None
        entry["topic"] = touch and touch["topic"]
        by_person.setdefault(entry["person_id"], []).append(entry)
    return [
        entry | {"sequence_number": place}
        for entries in by_person.values()
        for place, entry in enumerate(
            sorted(entries, key=lambda one: (one["occurred_at"], one["timeline_id"])), start=1
        )
    ]


def _entries(
    resolved: Resolved, dispositions: dict[str, list[Row]], rules: Rules, settings: Settings
) -> Iterator[Row]:
    is_bot = bot_test(rules, settings)
    is_machine = machine_test(resolved["mail_events"], settings)
    for row in resolved["web_events"]:
        detail = page_path(row["page_url"]) or masked(row["utm_campaign"])
        yield from _entry("web_events", row, web_type(row), detail, settings, is_bot(row))
    for row in resolved["mail_events"]:
        kind = f"mail_{row['event_type']}"
        mail_id = masked(row["mail_id"])
        yield from _entry("mail_events", row, kind, mail_id, settings, is_machine(row))
    for row in resolved["offline_events"]:
        campaign = masked(row["campaign"])
        yield from _entry("offline_events", row, row["event_type"], campaign, settings)
    for rows in dispositions.values():
        for row in rows:
            reason = masked_reason(row["reason"])
            yield from _entry("sales_dispositions", row, row["stage"], reason, settings)


def _entry(
    feed: str,
    row: Row,
    kind: str,
    detail: str | None,
    settings: Settings,
    is_automatic: bool = False,
) -> Iterator[Row]:
    if row["person_id"]:
        event_id = row.get("event_id") or row["disposition_id"]
        yield {
            "timeline_id": f"{LABELS[feed]}:{event_id}",
            "person_id": row["person_id"],
            "occurred_at": row["occurred_at"],
            "occurred_date": settings.local_date(row["occurred_at"]),
            "feed": LABELS[feed],
            "entry_type": masked(kind),
            "detail": detail,
            "sales_team": masked_apart(row.get("sales_team")),
            "is_automatic": is_automatic,
            "is_stitched": feed == "web_events" and not row["is_identified"],
        }
