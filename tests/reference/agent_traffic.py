"""What named machines did on the website."""

from datetime import date

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.rules import Rules
from tests.reference.touchpoints import page_path


def agent_traffic(web_events: list[Row], rules: Rules, settings: Settings) -> list[Row]:
    groups: dict[tuple[date, str, str], list[Row]] = {}
    for row in web_events:
        known = _agent(row["user_agent"], rules)
        if known and known[0] != "human":
            groups.setdefault((settings.local_month(row["occurred_at"]), *known), []).append(row)
    return [
        {
            "month": month,
            "kind": kind,
            "agent": agent,
            "events": len(rows),
            "pages": len({page_path(row["page_url"]) for row in rows} - {None}),
        }
        for (month, kind, agent), rows in groups.items()
    ]


def _agent(user_agent: str | None, rules: Rules) -> tuple[str, str] | None:
    """Kind and text of the rule that names a user agent: an exception first, then the longest."""
    found = [
        (record["kind"], text)
        for record in rules.get("machine_agents", [])
        if (text := record["agent"].lower()) in (user_agent or "").lower()
    ]
    return min(found, key=lambda one: (one[0] != "human", -len(one[1]), one[1]), default=None)
