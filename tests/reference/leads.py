"""Leads, companies and days as they stand on D: dim_leads, dim_accounts, dim_dates."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.reference.clock import Settings, days, is_business_day
from tests.reference.feeds import Row
from tests.reference.hiding import masked
from tests.reference.ignore_rate import ratio
from tests.reference.mailability import Blocks, mailability
from tests.reference.rules import Rules
from tests.reference.scores import Scores

BUYING_STAGES = ["awareness", "interest", "search", "compare", "consider", "act", "share"]
TAKEN_UP = {"sal", "appointment", "opportunity", "won"}
UNANSWERED = {"pending", "stalled", "untouched"}
COMPLETE = ("company_name", "normalized_name", "normalized_email", "normalized_phone")
INTEREST = timedelta(days=30)
FISCAL_START = 4


def grouped(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows by person."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["person_id"], []).append(row)
    return found


def standing(cycles: list[Row], handed: list[Row]) -> Row:
    """Cycle, stage, owner and unanswered hand-off of one person, from all of its rows."""
    current = max(cycles, key=lambda cycle: cycle["cycle_number"])
    last = max(handed, key=lambda handoff: handoff["handed_off_at"], default=None)
    if last and last["cycle_number"] not in (current["cycle_number"], None):
        last = None
    is_given_back = last is not None and last["outcome"] in ("withdrawn", "rejected")
    stage = current["furthest_stage"]
    is_with_sales = stage in TAKEN_UP or (stage == "handed_off" and not is_given_back)
    return {
        "cycle_number": current["cycle_number"],
        "cycle_started_date": current["started_date"],
        "stage": stage,
        "is_customer": any(cycle["outcome"] == "won" for cycle in cycles),
        "owner": "sales" if is_with_sales else "marketing",
        "open_handoff_id": last["handoff_id"] if last and last["outcome"] in UNANSWERED else None,
    }


def interest(touches: list[Row], is_customer: bool) -> Row:
    """The last touch of a person, and what the last content it touched was about."""
    if not touches:
        names = ("last_touch_date", "last_touch_type", "buying_stage", "top_topic")
        return {"touchpoints": 0} | dict.fromkeys(names)
    last_at = max(touch["occurred_at"] for touch in touches)
    last = [touch for touch in touches if touch["occurred_at"] == last_at]
    content = [touch for touch in touches if touch["topic"] is not None]
    last_day = max((touch["occurred_date"] for touch in content), default=date.min)
    late = [touch for touch in content if last_day - touch["occurred_date"] < INTEREST]
    stages = {touch["buying_stage"] for touch in late}
    to_buy = stages - {"share"}
    return {
        "touchpoints": len(touches),
        "last_touch_date": last[0]["occurred_date"],
        "last_touch_type": max(touch["touchpoint_type"] for touch in last),
        "buying_stage": max(
            stages if is_customer or not to_buy else to_buy, key=BUYING_STAGES.index, default=None
        ),
        "top_topic": _top_topic(late),
    }


def _top_topic(late: list[Row]) -> str | None:
    counts = Counter(touch["topic"] for touch in late)

    def weight(topic: str) -> tuple[bool, int, datetime]:
        own = [touch for touch in late if touch["topic"] == topic]
        is_beyond_awareness = any(touch["buying_stage"] != "awareness" for touch in own)
        return is_beyond_awareness, counts[topic], max(touch["occurred_at"] for touch in own)

    # of equal weight the first by name
    return max(sorted(counts), key=weight, default=None)


def dim_leads(
    people: list[Row], marts: dict[str, list[Row]], scores: Scores, blocks: Blocks
) -> list[Row]:
    """Also with `open_handoff_id`, which is not published."""
    settings = scores.settings
    touches, cycles, handed, spells = (
        grouped(marts[name])
        for name in ("fct_touchpoints", "fct_lead_cycles", "fct_handoffs", "fct_qualifications")
    )
    found = []
    for person in people:
        person_id = person["person_id"]
        place = standing(cycles[person_id], handed.get(person_id, []))
        now = scores.score(person_id, settings.as_of)
        before = scores.score(person_id, settings.as_of - timedelta(days=7))
        running = [row for row in spells.get(person_id, []) if row["qualified_to"] is None]
        known = sum(person[part] is not None for part in COMPLETE)
        kept = ("fit_score", "fit_grade", "is_excluded", "is_contactable", "is_complete")
        found.append(
            {
                "person_id": person_id,
                "lead_ids": " ".join(sorted(person["lead_ids"])),
                "created_date": settings.local_date(person["created_at"]),
                **{name: masked(person[name]) for name in ("lead_source", "campaign")},
                "account_id": masked(person["account_id"]),
                "account_tier": person["account_tier"],
                **{name: person[name] for name in kept},
                "completeness_rate": known / len(COMPLETE),
                **mailability(person, blocks),
                "behavior_score": now,
                "score_7_days_ago": before,
                "score_change_7_days": now - before,
                **place,
                "is_qualified": bool(running),
                "qualified_from": running[0]["qualified_from"] if running else None,
                **interest(touches.get(person_id, []), place["stage"] == "won"),
            }
        )
    return found


def dim_accounts(leads: list[Row], marts: dict[str, list[Row]], settings: Settings) -> list[Row]:
    by_account: dict[str, list[Row]] = {}
    for lead in leads:
        if lead["account_id"] is not None:
            by_account.setdefault(lead["account_id"], []).append(lead)
    return [_account(account, own, marts, settings) for account, own in by_account.items()]


def _account(
    account_id: str, own: list[Row], marts: dict[str, list[Row]], settings: Settings
) -> Row:
    people = {lead["person_id"] for lead in own}
    handed = [row for row in marts["fct_handoffs"] if row["person_id"] in people]
    won = [
        cycle
        for cycle in marts["fct_lead_cycles"]
        if cycle["person_id"] in people and cycle["outcome"] == "won"
    ]
    tiers = sorted({lead["account_tier"] for lead in own} - {"none"})
    touched = [lead["last_touch_date"] for lead in own if lead["last_touch_date"]]
    mature = [row for row in handed if row["is_mature"] and row["outcome"] != "withdrawn"]
    ignored = [row for row in mature if row["is_ignored"]]
    return {
        "account_id": account_id,
        "account_tier": tiers[0] if tiers else "none",
        "people": len(own),
        "engaged_people_30_days": sum((settings.as_of - day).days < 30 for day in touched),
        "qualified_people": sum(lead["is_qualified"] for lead in own),
        "account_score": sum(lead["behavior_score"] for lead in own),
        "highest_score": max(lead["behavior_score"] for lead in own),
        "last_touch_date": max(touched, default=None),
        "open_handoffs": sum(lead["open_handoff_id"] is not None for lead in own),
        "mature_handoffs": len(mature),
        "ignored_handoffs": len(ignored),
        "ignore_rate": ratio(len(ignored), len(mature)),
        "wins": len(won),
        "won_amount": sum((cycle["amount"] or Decimal(0) for cycle in won), Decimal(0)),
    }


def dim_dates(leads: list[Row], rules: Rules, settings: Settings) -> list[Row]:
    if not leads:
        return []
    names = {record["date"]: record["name"] for record in rules["holidays"]}
    first = min(lead["created_date"] for lead in leads)
    return [_date(day, names) for day in days(first, settings.as_of + timedelta(days=366))]


def _date(day: date, holidays: dict[Any, Any]) -> Row:
    months_into_year = (day.month - FISCAL_START) % 12
    week = day.isocalendar()
    return {
        "date": day,
        "month": day.replace(day=1),
        "quarter": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        "fiscal_year": day.year - (day.month < FISCAL_START),
        "fiscal_quarter": months_into_year // 3 + 1,
        "iso_year": week.year,
        "iso_week": week.week,
        "weekday": week.weekday,
        "is_business_day": is_business_day(day, set(holidays)),
        "is_holiday": day in holidays,
        "holiday_name": holidays.get(day),
    }
