"""Mail performance and the mail metrics (section 10)."""

from datetime import datetime, timedelta

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.hiding import masked
from tests.reference.ignore_rate import ratio
from tests.reference.touchpoints import machine_test, recipient

CONVERSIONS = {
    "document_request",
    "newsletter_signup",
    "webinar_signup",
    "quote_request",
    "inquiry",
}
CONVERSION_TIME = timedelta(hours=168)
# what a metric counts: an event type, and for opens and clicks whether a machine's
COUNTED = {
    "sent": ("sent", False),
    "delivered": ("delivered", False),
    "bounced": ("bounce", False),
    "openers": ("open", False),
    "machine_openers": ("open", True),
    "clickers": ("click", False),
    "unsubscribes": ("unsubscribe", False),
    "replies": ("reply", False),
    "complaints": ("complaint", False),
}
# whoever did one of these got the mail
REACHED = ("delivered", "open", "click", "reply", "unsubscribe", "complaint")
First = dict[tuple[str, str], datetime]


def addressed(mail_events: list[Row], settings: Settings) -> list[Row]:
    """Mail events that have a recipient, in order, with `recipient` and `by_machine`; hidden."""
    is_machine = machine_test(mail_events, settings)
    rows = [
        row
        | {
            "recipient": recipient(row),
            "by_machine": is_machine(row),
            **{name: masked(row[name]) for name in ("mail_id", "mail_type")},
        }
        for row in mail_events
        if recipient(row)
    ]
    return sorted(rows, key=lambda row: (row["occurred_at"], row["event_id"]))


def first_events(rows: list[Row]) -> dict[str, First]:
    """Per count, the instant of the first event of each (mail_id, recipient)."""
    found: dict[str, First] = {name: {} for name in COUNTED}
    for row in rows:
        for name, wanted in COUNTED.items():
            if (row["event_type"], row["by_machine"]) == wanted:
                found[name].setdefault((row["mail_id"], row["recipient"]), row["occurred_at"])
    return found


def conversions(firsts: dict[str, First], touches: list[Row]) -> First:
    """The first click of each (mail_id, recipient) that a conversion follows."""
    instants: dict[str, list[datetime]] = {}
    for touch in touches:
        if touch["touchpoint_type"] in CONVERSIONS:
            instants.setdefault(f"person {touch['person_id']}", []).append(touch["occurred_at"])
    return {
        key: clicked
        for key, clicked in firsts["clickers"].items()
        if any(
            clicked < instant <= clicked + CONVERSION_TIME for instant in instants.get(key[1], [])
        )
    }


def mail_performance(rows: list[Row], touches: list[Row]) -> list[Row]:
    """One row per mail, from addressed rows."""
    firsts = first_events(rows)
    counted = firsts | {"conversions": conversions(firsts, touches)}
    return [
        _performance(mail_id, [row for row in rows if row["mail_id"] == mail_id], counted)
        for mail_id in mail_types(rows)
    ]


def mail_types(rows: list[Row]) -> dict[str, str]:
    """The type of each mail, which its first event says; from addressed rows."""
    return {row["mail_id"]: row["mail_type"] for row in reversed(rows)}


def delivered_to(rows: list[Row]) -> set[str]:
    """Recipients that got a mail, from its rows."""

    def who(*event_types: str) -> set[str]:
        return {row["recipient"] for row in rows if row["event_type"] in event_types}

    sent = set() if who("delivered") else who("sent") - who("bounce")
    return who(*REACHED) | sent


def _performance(mail_id: str, rows: list[Row], counted: dict[str, First]) -> Row:
    def own(name: str) -> list[datetime]:
        return [instant for (mail, _), instant in counted[name].items() if mail == mail_id]

    counts = {name: len(own(name)) for name in counted} | {"delivered": len(delivered_to(rows))}
    unsubscribe_rate = ratio(counts["unsubscribes"], counts["delivered"])
    return {
        "mail_id": mail_id,
        "mail_type": rows[0]["mail_type"],
        "first_sent_at": min(own("sent"), default=None),
        **counts,
        "open_rate": ratio(counts["openers"], counts["delivered"]),
        "click_rate": ratio(counts["clickers"], counts["delivered"]),
        "click_to_open_rate": ratio(counts["clickers"], counts["openers"]),
        "unsubscribe_rate": unsubscribe_rate,
        "retention_rate": None if unsubscribe_rate is None else 1 - unsubscribe_rate,
    }
