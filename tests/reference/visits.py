"""Where a web event came from: channel and campaign, kept through a visit (section 6)."""

import re
from datetime import timedelta

from tests.reference.feeds import Row
from tests.reference.rules import Rules, mapped_channel
from tests.reference.text import lower

LONGEST_PAUSE = timedelta(minutes=30)
OWN = "own"
Origin = tuple[str, str | None]


def host(url: str | None) -> str | None:
    """Lower-cased, without `www.`, user and port; None for a URL that has none."""
    found = re.match(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)", url or "")
    if not found:
        return None
    name = re.sub(r":[0-9]*$", "", found[1].rpartition("@")[2])
    return lower(name).removeprefix("www.") or None


def channel_alone(row: Row, rules: Rules) -> str:
    """The channel of an event without the events before it; `own` for one from the own site."""
    if row["utm_medium"] is not None:
        return mapped_channel(rules, "web", row["utm_medium"])
    if row["referrer"] is None:
        return "direct"
    came_from = host(row["referrer"])
    return OWN if came_from and came_from == host(row["page_url"]) else "referral"


def origins(web_events: list[Row], rules: Rules) -> dict[str, Origin]:
    """Channel and raw campaign of every event that exists, by `event_id`."""
    found: dict[str, Origin] = {}
    last_of_browser: dict[str, Row] = {}
    for row in sorted(web_events, key=lambda row: (row["occurred_at"], row["event_id"])):
        channel, campaign = channel_alone(row, rules), row["utm_campaign"]
        browser = row["anonymous_id"]
        before = last_of_browser.get(browser) if browser is not None else None
        is_going_on = before and row["occurred_at"] - before["occurred_at"] <= LONGEST_PAUSE
        # the origin of a visit that began with own events is that of nobody
        origin = before["origin"] if before and is_going_on and channel == OWN else None
        if channel != OWN:
            origin = (channel, campaign)
        found[row["event_id"]] = origin or ("direct", campaign)
        if browser is not None:
            last_of_browser[browser] = {"occurred_at": row["occurred_at"], "origin": origin}
    return found
