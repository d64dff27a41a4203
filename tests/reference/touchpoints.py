"""What a person did: touchpoints (section 6)."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.persons import normalized_email
from tests.reference.rules import Rules, channel, content_of

MAIL_TOUCHES = ("open", "click", "reply", "unsubscribe")
EMAIL_LOOKALIKE = re.compile(r"[\w.%+-]+[@＠][\w-]+([.．][\w-]+)+")
Resolved = dict[str, list[Row]]


def masked(free_text: str | None) -> str | None:
    return free_text and EMAIL_LOOKALIKE.sub(":email", free_text)


def page_path(url: str | None) -> str | None:
    if url is None:
        return None
    path = re.split("[?#]", url, maxsplit=1)[0]
    path = re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/]*", "", path)
    path = path.removesuffix("/") or "/"
    return "/".join(":email" if "@" in part else part for part in path.split("/"))


def is_bot(row: Row, settings: Settings) -> bool:
    agent = row["user_agent"]
    return agent is not None and bool(re.search(settings.bot_pattern, agent, re.IGNORECASE))


def recipient(row: Row) -> str | None:
    """The person, else the normalized e-mail, told apart."""
    if row["person_id"]:
        return f"person {row['person_id']}"
    email = normalized_email(row["email"])
    return email and f"email {email}"


def machine_test(mail_events: list[Row], settings: Settings) -> Callable[[Row], bool]:
    """A test that says whether a resolved open or click was a machine's."""
    sent: dict[Any, list[datetime]] = {}
    for row in mail_events:
        if row["event_type"] == "sent":
            sent.setdefault((row["mail_id"], recipient(row)), []).append(row["occurred_at"])

    def is_machine(row: Row) -> bool:
        if row["event_type"] not in ("open", "click"):
            return False
        to_same = sent.get((row["mail_id"], recipient(row)), [])
        ages = [(row["occurred_at"] - instant).total_seconds() for instant in to_same]
        return row["is_machine"] or any(0 <= age < settings.machine_seconds for age in ages)

    return is_machine


def touchpoints(resolved: Resolved, rules: Rules, settings: Settings) -> list[Row]:
    """One row per touchpoint, with `known_date`."""
    is_machine = machine_test(resolved["mail_events"], settings)
    found = [_web(row, rules) for row in resolved["web_events"] if not is_bot(row, settings)]
    found += [
        _touchpoint("mail", row, f"mail_{row['event_type']}", row["mail_id"])
        | {"channel": channel(rules, "mail", row["mail_type"], has_referrer=False)}
        for row in resolved["mail_events"]
        if row["event_type"] in MAIL_TOUCHES and not is_machine(row)
    ]
    found += [
        _touchpoint("offline", row, row["event_type"], row["campaign"])
        | {"channel": channel(rules, "offline", row["event_type"], has_referrer=False)}
        for row in resolved["offline_events"]
    ]
    return [
        row
        | {
            "occurred_date": settings.local_date(row["occurred_at"]),
            "known_date": settings.local_date(row.pop("known_at")),
        }
        for row in found
        if row["person_id"]
    ]


def _touchpoint(feed: str, row: Row, kind: str, campaign: str | None) -> Row:
    return {
        "touchpoint_id": f"{feed}:{row['event_id']}",
        "person_id": row["person_id"],
        "feed": feed,
        "touchpoint_type": kind,
        "occurred_at": row["occurred_at"],
        "known_at": row["known_at"],
        "campaign": masked(campaign),
        "is_stitched": False,
        **dict.fromkeys(("page_path", "content_type", "topic", "buying_stage")),
    }


def _web(row: Row, rules: Rules) -> Row:
    is_form = row["event_type"] == "form_submit"
    kind = row["form_type"] or "form_submit" if is_form else row["event_type"]
    path = page_path(row["page_url"])
    content = content_of(rules, path)
    return _touchpoint("web", row, kind, row["utm_campaign"]) | {
        "channel": channel(rules, "web", row["utm_medium"], row["referrer"] is not None),
        "page_path": path,
        **{name: content.get(name) for name in ("content_type", "topic", "buying_stage")},
        "is_stitched": not row["is_identified"],
    }
