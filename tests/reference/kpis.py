"""The KPI scorecard (section 10)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.ignore_rate import ratio
from tests.reference.mail import First, conversions, first_events, mail_types
from tests.reference.rules import Rules, content_of
from tests.reference.touchpoints import Resolved, bot_test, page_path

Metrics = dict[str, Counter[date]]
OF_TOUCHES = {
    "newsletter_signups": "newsletter_signup",
    "document_requests": "document_request",
    "downloads": "download",
    "webinar_signups": "webinar_signup",
    "inquiries": "inquiry",
}
OF_CYCLES = {
    "sals": "sal",
    "appointments": "appointment",
    "opportunities": "opportunity",
    "wins": "won",
}
OF_MAILS = {
    "mails_sent": "sent",
    "mails_delivered": "delivered",
    "mail_openers": "openers",
    "mail_clickers": "clickers",
    "mail_unsubscribes": "unsubscribes",
    "mail_replies": "replies",
}


def metrics(
    marts: dict[str, list[Row]],
    resolved: Resolved,
    mail: list[Row],
    rules: Rules,
    settings: Settings,
) -> Metrics:
    """Every plain metric by local month; `mail` as addressed rows."""
    touches = marts["fct_touchpoints"]
    cycles = marts["fct_lead_cycles"]
    firsts = first_events(mail)
    return {
        "touchpoints": _count(touch["occurred_date"] for touch in touches),
        **_visitors(resolved["web_events"], rules, settings),
        "new_leads": _count(settings.local_date(row["created_at"]) for row in marts["persons"]),
        "booth_visits": _quantity(resolved, "booth_visit", settings),
        "business_cards": _quantity(resolved, "business_card", settings),
        **{
            metric: _count(
                touch["occurred_date"] for touch in touches if touch["touchpoint_type"] == kind
            )
            for metric, kind in OF_TOUCHES.items()
        },
        "mqls": _count(row["qualified_from"] for row in marts["fct_qualifications"]),
        "handoffs": _count(row["handed_off_date"] for row in marts["fct_handoffs"]),
        **{
            metric: _count(
                cycle["stage_dates"][stage] for cycle in cycles if stage in cycle["stage_dates"]
            )
            for metric, stage in OF_CYCLES.items()
        },
        "won_amount": _won_amount(cycles),
        **{
            metric: _count(map(settings.local_date, firsts[name].values()))
            for metric, name in OF_MAILS.items()
        },
        "mail_conversions": _count(map(settings.local_date, conversions(firsts, touches).values())),
    }


def named_metrics(
    marts: dict[str, list[Row]],
    resolved: Resolved,
    mail: list[Row],
    rules: Rules,
    settings: Settings,
) -> Metrics:
    """The metrics with a name after a colon that the tree asks for."""
    asked = {kpi[part] for kpi in rules["kpi_tree"] for part in ("numerator", "denominator")}
    firsts = first_events(mail)
    of_mails: dict[str, First] = {
        **{metric: firsts[name] for metric, name in OF_MAILS.items()},
        "mail_conversions": conversions(firsts, marts["fct_touchpoints"]),
    }
    types = mail_types(mail)
    is_bot = bot_test(rules, settings)
    found: Metrics = {}
    for metric in asked - {None}:
        kind, has_name, name = metric.partition(":")
        if not has_name:
            continue
        if kind == "touchpoints":
            touches = marts["fct_touchpoints"]
            found[metric] = _count(
                touch["occurred_date"] for touch in touches if touch["touchpoint_type"] == name
            )
        elif kind == "offline":
            found[metric] = _quantity(resolved, name, settings)
        elif kind == "views":
            found[metric] = _count(
                settings.local_date(row["occurred_at"])
                for row in resolved["web_events"]
                if not is_bot(row)
                and content_of(rules, page_path(row["page_url"])).get("content_type") == name
            )
        else:
            found[metric] = _count(
                settings.local_date(instant)
                for (mail_id, _), instant in of_mails[kind].items()
                if types[mail_id] == name
            )
    return found


def _count(dates: Iterable[date]) -> Counter[date]:
    return Counter(day.replace(day=1) for day in dates)


def _visitors(web_events: list[Row], rules: Rules, settings: Settings) -> Metrics:
    is_bot = bot_test(rules, settings)
    human = [row for row in web_events if row["anonymous_id"] and not is_bot(row)]

    def distinct(rows: Iterable[Row]) -> Counter[date]:
        seen = {(settings.local_month(row["occurred_at"]), row["anonymous_id"]) for row in rows}
        return Counter(month for month, _ in seen)

    return {
        "visitors": distinct(human),
        "identified_visitors": distinct(row for row in human if row["is_identified"]),
    }


def _quantity(resolved: Resolved, event_type: str, settings: Settings) -> Counter[date]:
    total: Counter[date] = Counter()
    for row in resolved["offline_events"]:
        if row["event_type"] == event_type:
            total[settings.local_month(row["occurred_at"])] += row["quantity"]
    return total


def _won_amount(cycles: list[Row]) -> Counter[date]:
    total: Counter[date] = Counter()
    for cycle in cycles:
        if "won" in cycle["stage_dates"]:
            total[cycle["stage_dates"]["won"].replace(day=1)] += cycle["amount"] or 0
    return total


def kpi_scorecard(plain: Metrics, named: Metrics, rules: Rules) -> list[Row]:
    months = {month for by_month in plain.values() for month, value in by_month.items() if value}
    values = plain | named
    targets = {(row["kpi_id"], row["month"]): row["target"] for row in rules["kpi_targets"]}
    return [
        _scored(kpi, month, values, targets.get((kpi["kpi_id"], month)))
        for kpi in rules["kpi_tree"]
        for month in months
    ]


def _scored(kpi: Row, month: date, values: Metrics, target: Decimal | None) -> Row:
    numerator: Any = values[kpi["numerator"]][month]
    denominator = None
    actual: float | None = float(numerator)
    if kpi["denominator"] is not None:
        denominator = values[kpi["denominator"]][month]
        actual = ratio(numerator, denominator)
    return {
        "kpi_id": kpi["kpi_id"],
        "month": month,
        "numerator": numerator,
        "denominator": denominator,
        "actual": actual,
        "target": target,
        "achievement_rate": _achievement(actual, target, kpi.get("better") == "lower"),
    }


def _achievement(
    actual: float | None, target: Decimal | None, is_lower_better: bool
) -> float | None:
    if actual is None or target is None:
        return None
    return ratio(target, actual) if is_lower_better else ratio(actual, target)
