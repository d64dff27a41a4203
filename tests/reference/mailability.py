"""Whom not to mail, why and since when, and who was mailed all the same."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.text import normalized_email

REASONS = ("unsubscribed", "complained", "bounced", "opted_out")
IN_A_ROW, WITHOUT_DELIVERY = 3, 1
MAY_BE_SENT = "transactional"
Blocks = dict[str, tuple[str, datetime]]


def mail_blocks(
    people: list[Row],
    versions: list[Row],
    person_of_lead: Mapping[str, str],
    mail: list[Row],
    touches: list[Row],
    settings: Settings,
) -> Blocks:
    """By person: the first reason that holds, and the earliest instant of all that do."""
    agreed, refused = consents(versions, person_of_lead, settings)
    for touch in touches:
        if touch["touchpoint_type"] == "newsletter_signup":
            agreed.setdefault(touch["person_id"], []).append(touch["occurred_at"])
    delivered = {row["mail_id"] for row in mail if row["event_type"] == "delivered"}
    found: Blocks = {}
    for person in people:
        person_id = person["person_id"]
        own = [row for row in mail if row["person_id"] == person_id]
        last_yes = max(agreed.get(person_id, []), default=datetime.min)
        since = {
            "unsubscribed": [at for at in _instants(own, "unsubscribe") if at >= last_yes],
            "complained": _instants(own, "complaint"),
            "bounced": list(_bounced(own, person["normalized_email"], delivered)),
            "opted_out": [max(refused[person_id])] if person["mail_opt_in"] is False else [],
        }
        reasons = [reason for reason in REASONS if since[reason]]
        if reasons:
            found[person_id] = reasons[0], min(min(since[reason]) for reason in reasons)
    return found


def _instants(rows: list[Row], event_type: str) -> list[datetime]:
    return [row["occurred_at"] for row in rows if row["event_type"] == event_type]


def consents(
    versions: list[Row], person_of_lead: Mapping[str, str], settings: Settings
) -> tuple[dict[str, list[datetime]], dict[str, list[datetime]]]:
    """By person: when it agreed, and the last refusal of each lead record that refuses."""
    by_lead: dict[str, list[Row]] = {}
    for row in sorted(versions, key=lambda row: row["updated_at"]):
        if settings.local_date(row["created_at"]) <= settings.as_of:
            by_lead.setdefault(row["lead_id"], []).append(row)
    agreed: dict[str, list[datetime]] = {}
    refused: dict[str, list[datetime]] = {}
    for lead_id, rows in by_lead.items():
        known = [row for row in rows if settings.local_date(row["updated_at"]) <= settings.as_of]
        current = known[-1] if known else rows[0] | {"is_deleted": False}
        if lead_id not in person_of_lead:
            continue
        person_id, before = person_of_lead[lead_id], None
        said: dict[bool, datetime] = {}
        for number, row in enumerate(known or [current]):
            answer = row["mail_opt_in"]
            if answer is not None and answer != before:
                said[answer] = row["updated_at"] if number or not answer else row["created_at"]
                before = answer
        if True in said:
            agreed.setdefault(person_id, []).append(said[True])
        if current["mail_opt_in"] is False and not current["is_deleted"]:
            refused.setdefault(person_id, []).append(said[False])
    return agreed, refused


def _bounced(own: list[Row], address: str | None, delivered: set[str]) -> Iterator[datetime]:
    """The bounce that made an address one that takes no mail, if there is one."""
    mails: dict[str, list[Row]] = {}
    for row in own:
        if address is None or normalized_email(row["email"]) in (None, address):
            mails.setdefault(row["mail_id"], []).append(row)
    returned, arrived = [], []
    for mail_id, rows in mails.items():
        ends = {kind: _instants(rows, kind) for kind in ("sent", "delivered", "bounce")}
        reactions = [row["occurred_at"] for row in rows if row["event_type"] not in ends]
        if ends["bounce"] and max(reactions, default=datetime.min) < max(ends["bounce"]):
            returned.append(max(ends["bounce"]))
        else:
            unrecorded = [] if mail_id in delivered else ends["sent"]
            if got := reactions or ends["delivered"] or unrecorded:
                arrived.append(max(got))
    last = max(arrived, default=datetime.min)
    since = sorted(at for at in returned if at > last)
    needed = IN_A_ROW if arrived else WITHOUT_DELIVERY
    yield from since[needed - 1 : needed]


def mailability(person: Row, blocks: Blocks) -> Row:
    """What dim_leads says of it."""
    reason, _ = blocks.get(person["person_id"], (None, None))
    return {
        "is_mailable": person["normalized_email"] is not None and reason is None,
        "mail_block_reason": reason,
    }


def mailed_despite_block(blocks: Blocks, mail: list[Row], settings: Settings) -> list[Row]:
    sends: dict[str, dict[str, dict[str, list[datetime]]]] = {}
    for row in mail:
        is_send = row["event_type"] in ("sent", "delivered")
        if is_send and row["person_id"] and row["mail_type"].strip().lower() != MAY_BE_SENT:
            own = sends.setdefault(row["person_id"], {}).setdefault(row["mail_id"], {})
            own.setdefault(row["event_type"], []).append(row["occurred_at"])
    found = []
    for person_id, (reason, blocked_at) in blocks.items():
        mailed = [
            max(kinds.get("sent") or kinds["delivered"])
            for kinds in sends.get(person_id, {}).values()
        ]
        after = [at for at in mailed if at > blocked_at]
        if after:
            found.append(
                {
                    "person_id": person_id,
                    "mail_block_reason": reason,
                    "blocked_date": settings.local_date(blocked_at),
                    "mails": len(after),
                    "first_mailed_date": settings.local_date(min(after)),
                    "last_mailed_date": settings.local_date(max(after)),
                }
            )
    return found
