"""Persons and their fit (section 4)."""

from typing import Any

from tests.reference.accounts import email_domain, with_accounts
from tests.reference.feeds import Row
from tests.reference.rules import Rules, fit_rule_matches
from tests.reference.versions import Leads

FIT_ATTRIBUTES = ["industry", "job_title", "department", "country", "employee_count", "lead_source"]
LATEST = [
    "full_name",
    "company_name",
    "job_title",
    "department",
    "industry",
    "country",
    "employee_count",
    "mail_opt_in",
    "normalized_email",
    "normalized_phone",
    "normalized_name",
]


def components(leads: Leads) -> list[list[Row]]:
    """Groups of linked records, by painting every record's group with each link's colour."""
    records, ends = leads.records, leads.leads_to()
    colour = {record["lead_id"]: record["lead_id"] for record in records}
    first_with: dict[tuple[Any, ...], str] = {}
    for record in records:
        lead_id, email = record["lead_id"], record["normalized_email"]
        phone, name = record["normalized_phone"], record["normalized_name"]
        links = [ends.get(record["merged_into_lead_id"])]
        if email:
            links.append(first_with.setdefault(("email", email), lead_id))
        if phone and name:
            links.append(first_with.setdefault(("phone and name", phone, name), lead_id))
        for other in links:
            if other in colour:
                old, new = colour[lead_id], colour[other]
                colour = {key: new if value == old else value for key, value in colour.items()}
    groups: dict[str, list[Row]] = {}
    for record in records:
        groups.setdefault(colour[record["lead_id"]], []).append(record)
    return list(groups.values())


def persons(leads: Leads, rules: Rules) -> list[Row]:
    """One row per person, with `lead_ids` and `emails`, which lead events to it."""
    known = with_accounts([person_of(group) for group in components(leads)], rules)
    return [person | _completeness(person) | fit(person, rules) for person in known]


def person_of(group: list[Row]) -> Row:
    first = min(group, key=lambda record: (record["created_at"], record["lead_id"]))
    by_age = sorted(group, key=lambda record: (record["updated_at"], record["lead_id"]))
    person: Row = {
        "person_id": first["lead_id"],
        "created_at": first["created_at"],
        "lead_source": first["lead_source"],
        "campaign": first["campaign"],
        "lead_ids": {record["lead_id"] for record in group},
        "emails": {record["normalized_email"] for record in group} - {None},
    }
    for name in LATEST:
        known = [record[name] for record in by_age if record[name] is not None]
        person[name] = known[-1] if known else None
    return person


def _completeness(person: Row) -> Row:
    parts = [person[f"normalized_{part}"] for part in ("name", "email", "phone")]
    return {
        "is_contactable": any(parts[1:]),
        "is_complete": all(parts) and person["company_name"] is not None,
    }


def fit(person: Row, rules: Rules) -> Row:
    attributes = {name: person[name] for name in FIT_ATTRIBUTES}
    attributes["email_domain"] = email_domain(person)
    attributes["account_tier"] = person["account_tier"]
    matching = [
        rule for rule in rules["fit_rules"] if fit_rule_matches(rule, attributes[rule["attribute"]])
    ]
    score = sum(rule["points"] or 0 for rule in matching)
    reached = [grade for grade in rules["fit_grades"] if grade["min_points"] <= score]
    best = max(reached, key=lambda grade: grade["min_points"], default={"fit_grade": "none"})
    return {
        "fit_score": score,
        "fit_grade": best["fit_grade"],
        "is_excluded": any(rule["excludes"] for rule in matching),
    }
