"""The KPI scorecard (section 10)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.ignore_rate import ratio
from tests.reference.mail import conversions, first_events
from tests.reference.rules import Rules
from tests.reference.touchpoints import Resolved, is_bot

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
    marts: dict[str, list[Row]], resolved: Resolved, mail: list[Row], settings: Settings
) -> Metrics:
    """Every metric by local month; `mail` as addressed rows."""
    touches = marts["fct_touchpoints"]
    cycles = marts["fct_lead_cycles"]
    firsts = first_events(mail)
    return {
        "touchpoints": _count(touch["occurred_date"] for touch in touches),
        **_visitors(resolved["web_events"], settings),
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


def _count(dates: Iterable[date]) -> Counter[date]:
    return Counter(day.replace(day=1) for day in dates)


def _visitors(web_events: list[Row], settings: Settings) -> Metrics:
    human = [row for row in web_events if not is_bot(row, settings)]

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


def kpi_scorecard(values: Metrics, rules: Rules) -> list[Row]:
    months = {month for by_month in values.values() for month, value in by_month.items() if value}
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
        "achievement_rate": None if actual is None else ratio(actual, target),
    }
