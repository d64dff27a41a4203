"""What a person did: touchpoints (section 6)."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.hiding import masked, masked_path
from tests.reference.rules import Rules, content_of, mapped_channel
from tests.reference.text import lower, normalized_email
from tests.reference.visits import Origin, origins

MAIL_TOUCHES = ("open", "click", "reply", "unsubscribe")
Resolved = dict[str, list[Row]]


def page_path(url: str | None) -> str | None:
    if url is None:
        return None
    address, _, fragment = url.partition("#")
    path = re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/?]*", "", address)
    if fragment.startswith(("/", "!/")):
        path = fragment.removeprefix("!")
    path = path.partition("?")[0].removesuffix("/") or "/"
    return masked_path(path)


def web_type(row: Row) -> str:
    """The type of a web touchpoint as it came."""
    kind: str = row["event_type"]
    return row["form_type"] or kind if kind == "form_submit" else kind


def bot_test(rules: Rules, settings: Settings) -> Callable[[Row], bool]:
    """A test that says whether a web event came from no human's browser."""
    parts: dict[bool, list[str]] = {human: [] for human in (True, False)}
    for record in rules["machine_agents"]:
        parts[record["kind"] == "human"].append(lower(record["agent"]))

    # the shipped list is long, and few agents are seen
    @cache
    def is_machine(agent: str) -> bool:
        lowered = lower(agent)
        if any(part in lowered for part in parts[True]):
            return False
        is_like_bot = re.search(settings.bot_pattern, agent, re.IGNORECASE)
        return bool(is_like_bot) or any(part in lowered for part in parts[False])

    return lambda row: row["user_agent"] is not None and is_machine(row["user_agent"])


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
        if row["event_type"] in ("sent", "delivered"):
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
    is_bot = bot_test(rules, settings)
    origin = origins(resolved["web_events"], rules)
    found = [
        _web(row, origin[row["event_id"]], rules)
        for row in resolved["web_events"]
        if not is_bot(row)
    ]
    found += [
        _touchpoint("mail", row, f"mail_{row['event_type']}", row["mail_id"])
        | {"channel": mapped_channel(rules, "mail", row["mail_type"])}
        for row in resolved["mail_events"]
        if row["event_type"] in MAIL_TOUCHES and not is_machine(row)
    ]
    found += [
        _touchpoint("offline", row, row["event_type"], row["campaign"])
        | {"channel": mapped_channel(rules, "offline", row["event_type"])}
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
        "touchpoint_type": masked(kind),
        "occurred_at": row["occurred_at"],
        "known_at": row["known_at"],
        "campaign": masked(campaign),
        "is_stitched": False,
        **dict.fromkeys(("page_path", "content_type", "topic", "buying_stage")),
    }


def _web(row: Row, origin: Origin, rules: Rules) -> Row:
    channel, campaign = origin
    path = page_path(row["page_url"])
    content = content_of(rules, path)
    return _touchpoint("web", row, web_type(row), campaign) | {
        "channel": channel,
        "page_path": path,
        **{name: content.get(name) for name in ("content_type", "topic", "buying_stage")},
        "is_stitched": not row["is_identified"],
    }
