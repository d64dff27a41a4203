"""Browsers that belong to nobody and were seen lately."""

from datetime import timedelta
from hashlib import md5
from itertools import pairwise

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.hiding import masked
from tests.reference.rules import Rules, content_of
from tests.reference.touchpoints import bot_test, page_path
from tests.reference.visitor_offers import offered

DAYS = timedelta(days=30)
PAUSE = timedelta(minutes=30)
UNINTERESTED = ("careers", "support", "community", "review")
STAGES = ("share", "awareness", "interest", "search", "compare", "consider", "act")


def anonymous_visitors(web_events: list[Row], rules: Rules, settings: Settings) -> list[Row]:
    is_bot = bot_test(rules, settings)
    browsers: dict[str, list[Row]] = {}
    for row in sorted(web_events, key=lambda row: (row["occurred_at"], row["event_id"])):
        if row["anonymous_id"] and not row["person_id"] and not is_bot(row):
            browsers.setdefault(row["anonymous_id"], []).append(row)
    seen = {name: _lately(rows, settings) for name, rows in browsers.items()}
    return [
        _visitor(name, browsers[name], rows, rules, settings) for name, rows in seen.items() if rows
    ]


def _lately(rows: list[Row], settings: Settings) -> list[Row]:
    return [row for row in rows if settings.local_date(row["occurred_at"]) > settings.as_of - DAYS]


def _visitor(name: str, ever: list[Row], rows: list[Row], rules: Rules, settings: Settings) -> Row:
    contents = [content_of(rules, page_path(row["page_url"])) for row in rows]
    views = [
        (content.get("content_type"), settings.local_date(row["occurred_at"]))
        for row, content in zip(rows, contents, strict=True)
        if row["event_type"] == "page_view"
    ]
    viewed = [content for content, _ in views]
    known = [content for content in contents if content]
    stages = [content["buying_stage"] for content in known if content["buying_stage"]]
    sourced = [row for row in rows if row["utm_source"] or row["utm_campaign"]]
    months = {settings.local_month(row["occurred_at"]) for row in ever}
    instants = [row["occurred_at"] for row in rows]
    visitor = {
        "anonymous_id": name if masked(name) == name else md5(name.encode()).hexdigest(),
        "first_seen_at": instants[0],
        "last_seen_at": instants[-1],
        "first_seen_month": min(months),
        "months_seen": len(months),
        "days_seen": len({settings.local_date(instant) for instant in instants}),
        "interested_days": len({day for content, day in views if content not in UNINTERESTED}),
        "sessions": 1 + sum(later - earlier > PAUSE for earlier, later in pairwise(instants)),
        "page_views": len(viewed),
        "interested_views": sum(content not in UNINTERESTED for content in viewed),
        "pricing_views": viewed.count("pricing"),
        "faq_views": viewed.count("faq"),
        "question_views": viewed.count("pricing") + viewed.count("faq"),
        "buying_stage": max(stages, key=STAGES.index, default=None),
        "last_content_type": known[-1]["content_type"] if known else None,
        "last_topic": known[-1]["topic"] if known else None,
        "utm_source": masked(sourced[-1]["utm_source"]) if sourced else None,
        "utm_campaign": masked(sourced[-1]["utm_campaign"]) if sourced else None,
    }
    return visitor | offered(visitor, rules)
