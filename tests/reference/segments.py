"""Who belongs to which group, and what each group is worth (section 13)."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.reference.accounts import email_domain
from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.ignore_rate import ratio
from tests.reference.leads import grouped
from tests.reference.rules import Rules, fit_rule_matches
from tests.reference.scores import Scores

PERSON_TEXTS = (
    *("industry", "job_title", "department", "country", "lead_source", "account_tier"),
    "fit_grade",
)
FLAGS = ("is_contactable", "is_complete", "is_excluded", "mail_opt_in")
COUNTED = {
    "topic": "topic",
    "content": "content_type",
    "buying_stage": "buying_stage",
    "type": "touchpoint_type",
}
YEAR = timedelta(days=365)


def lead_segments(
    persons: list[Row],
    cycles: list[Row],
    touches: list[Row],
    scores: Scores,
    rules: Rules,
    settings: Settings,
) -> list[Row]:
    """lead_segments."""
    conditions: dict[tuple[str, str], list[Row]] = {}
    for rule in rules["segments"]:
        conditions.setdefault((rule["segment_id"], rule["clause"]), []).append(rule)
    cycles_of, touches_of = grouped(cycles), grouped(touches)
    found = set()
    for person in persons:
        person_id = person["person_id"]
        own = touches_of.get(person_id, [])
        values = _values(person, cycles_of[person_id], own, scores, settings)
        for (segment_id, _), clause in conditions.items():
            if all(_holds(rule, values) for rule in clause):
                found.add((segment_id, person_id))
    return [{"segment_id": segment_id, "person_id": person_id} for segment_id, person_id in found]


def _values(
    person: Row, cycles: list[Row], touches: list[Row], scores: Scores, settings: Settings
) -> dict[str, Any]:
    recent = [
        touch
        for touch in touches
        if touch["occurred_date"] > settings.as_of - timedelta(days=settings.segment_days)
    ]
    last = max((touch["occurred_date"] for touch in touches), default=None)
    counts = Counter(
        f"{kind}:{touch[column]}"
        for touch in recent
        for kind, column in COUNTED.items()
        if touch[column] is not None
    )
    flags = {name: person[name] for name in FLAGS}
    return {
        **{name: person[name] for name in PERSON_TEXTS},
        "email_domain": email_domain(person),
        "stage": max(cycles, key=lambda cycle: cycle["cycle_number"])["furthest_stage"],
        **{name: None if said is None else str(said).lower() for name, said in flags.items()},
        "employee_count": person["employee_count"],
        "fit_score": person["fit_score"],
        "behavior_score": scores.score(person["person_id"], settings.as_of),
        "days_since_touch": (settings.as_of - last).days if last else None,
        "touches": len(recent),
        "counts": counts,
    }


def _holds(rule: Row, values: dict[str, Any]) -> bool:
    attribute = rule["attribute"]
    value = values["counts"][attribute] if ":" in attribute else values[attribute]
    if isinstance(value, int):
        # numbers of every kind compare as an employee count does
        rule = rule | {"attribute": "employee_count"}
    return fit_rule_matches(rule, value)


def segment_performance(
    members: list[Row], marts: dict[str, list[Row]], rules: Rules, settings: Settings
) -> list[Row]:
    """segment_performance, from `lead_segments` and the marts that it sums up."""
    as_of = settings.as_of
    qualified = {row["person_id"] for row in marts["fct_qualifications"] if not row["qualified_to"]}
    contactable = {row["person_id"] for row in marts["persons"] if row["is_contactable"]}
    judged = [
        row
        for row in marts["fct_handoffs"]
        if row["is_mature"]
        and row["outcome"] != "withdrawn"
        and row["handed_off_date"] > as_of - YEAR
    ]
    won = [
        row
        for row in marts["fct_lead_cycles"]
        if row["won_date"] is not None and row["won_date"] > as_of - YEAR
    ]
    found = []
    for segment_id in dict.fromkeys(rule["segment_id"] for rule in rules["segments"]):
        people = {row["person_id"] for row in members if row["segment_id"] == segment_id}
        mature = [row for row in judged if row["person_id"] in people]
        wins = [row for row in won if row["person_id"] in people]
        ignored = sum(row["is_ignored"] for row in mature)
        found.append(
            {
                "segment_id": segment_id,
                "people": len(people),
                "contactable": len(people & contactable),
                "qualified": len(people & qualified),
                "mature_handoffs": len(mature),
                "ignored": ignored,
                "ignore_rate": ratio(ignored, len(mature)),
                "wins": len(wins),
                "won_amount": sum((row["amount"] or 0 for row in wins), Decimal(0)),
            }
        )
    return found
