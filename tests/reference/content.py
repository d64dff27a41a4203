"""Which content names strangers and makes leads worth a call (section 13)."""

from collections.abc import Callable
from datetime import timedelta

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.leads import grouped
from tests.reference.nurture import rate
from tests.reference.rules import Rules, content_of
from tests.reference.touchpoints import bot_test, page_path

CATALOG = ("path_prefix", "content_type", "topic", "buying_stage")
NAMED_WITHIN = timedelta(hours=168)
NAMING_DAYS = timedelta(days=7)
QUALIFYING_DAYS = timedelta(days=30)


def content_performance(
    web_events: list[Row], touches: list[Row], spells: list[Row], rules: Rules, settings: Settings
) -> list[Row]:
    """content_performance, from resolved web events of all days."""
    is_bot = bot_test(rules, settings)
    first_day = settings.as_of - timedelta(days=settings.content_days - 1)
    seen = []
    for row in web_events:
        path, day = page_path(row["page_url"]), settings.local_date(row["occurred_at"])
        if path is not None and day >= first_day and not is_bot(row):
            seen.append(row | {"day": day, "prefix": content_of(rules, path).get("path_prefix")})
    seen.sort(key=_order)
    identified = {
        row["anonymous_id"]: row
        for row in sorted(web_events, key=_order, reverse=True)
        if row["is_identified"] and row["anonymous_id"]
    }
    contents = [{name: record[name] for name in CATALOG} for record in rules["content_catalog"]]
    contents.append(dict.fromkeys(CATALOG) | {"path_prefix": "*"})
    return [
        content | _figures(rows, identified, touches, grouped(spells), settings)
        for content in contents
        for rows in [
            [row for row in seen if content["path_prefix"] in ("*", row["prefix"])],
        ]
    ]


def _order(row: Row) -> tuple[object, str]:
    return row["occurred_at"], row["event_id"]


def _figures(
    rows: list[Row],
    identified: dict[str, Row],
    touches: list[Row],
    spells: dict[str, list[Row]],
    settings: Settings,
) -> Row:
    first_sights = _first_of(rows, lambda row: row["anonymous_id"])
    unnamed = [
        row
        for browser, row in first_sights.items()
        if (browser not in identified or _order(row) < _order(identified[browser]))
        and row["day"] + NAMING_DAYS <= settings.as_of
    ]
    named = [
        row
        for row in unnamed
        if row["anonymous_id"] in identified
        and identified[row["anonymous_id"]]["occurred_at"] <= row["occurred_at"] + NAMED_WITHIN
    ]
    event_ids = {f"web:{row['event_id']}" for row in rows}
    own = [touch for touch in touches if touch["touchpoint_id"] in event_ids]
    own.sort(key=lambda touch: (touch["occurred_at"], touch["touchpoint_id"]))
    firsts = _first_of(own, lambda touch: touch["person_id"])
    judged = {
        person_id: touch["occurred_date"]
        for person_id, touch in firsts.items()
        if touch["occurred_date"] + QUALIFYING_DAYS <= settings.as_of
        and not any(
            spell["qualified_from"] <= touch["occurred_date"] for spell in spells.get(person_id, [])
        )
    }
    qualified = [
        person_id
        for person_id, day in judged.items()
        if any(
            day < spell["qualified_from"] <= day + QUALIFYING_DAYS
            for spell in spells.get(person_id, [])
        )
    ]
    naming, qualifying = rate(len(named), len(unnamed)), rate(len(qualified), len(judged))
    return {
        "views": len(rows),
        "visitors": len(first_sights),
        "unnamed_visitors": len(unnamed),
        "named": len(named),
        **dict(zip(("naming_rate", "naming_rate_low", "naming_rate_high"), naming, strict=True)),
        "people": len(firsts),
        "judged_people": len(judged),
        "qualified_after": len(qualified),
        **dict(
            zip(
                ("qualified_rate", "qualified_rate_low", "qualified_rate_high"),
                qualifying,
                strict=True,
            )
        ),
    }


def _first_of(rows: list[Row], key: Callable[[Row], str | None]) -> dict[str, Row]:
    """The first row of each key that is not null, of rows in their order."""
    found: dict[str, Row] = {}
    for row in rows:
        name = key(row)
        if name is not None:
            found.setdefault(name, row)
    return found
