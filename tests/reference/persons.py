"""Lead records, persons, accounts and fit (section 4)."""

import unicodedata
from typing import Any

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.rules import Rules, fit_rule_matches, lookup

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


def normalized_email(raw: str | None) -> str | None:
    email = unicodedata.normalize("NFKC", raw or "").strip().lower()
    before, _, after = email.partition("@")
    return email if email.count("@") == 1 and before and "." in after else None


def normalized_phone(raw: str | None) -> str | None:
    phone = "".join(unicodedata.normalize("NFKC", raw or "").split())
    digits = "".join(letter for letter in phone if letter in "0123456789")
    if phone.startswith("+81"):
        digits = "0" + digits.removeprefix("81").removeprefix("0")
    return digits if len(digits) >= 9 else None


def normalized_name(raw: str | None) -> str | None:
    return "".join(unicodedata.normalize("NFKC", raw or "").lower().split()) or None


def lead_records(leads: list[Row], settings: Settings) -> list[Row]:
    """Current versions of the leads that exist at D, with their normalized columns."""
    current: dict[str, Row] = {}
    for row in leads:
        last_day = max(
            settings.local_date(row["created_at"]), settings.local_date(row["updated_at"])
        )
        known = current.get(row["lead_id"])
        if last_day <= settings.as_of and (not known or row["updated_at"] > known["updated_at"]):
            current[row["lead_id"]] = row
    return [
        row
        | {
            "normalized_email": normalized_email(row["email"]),
            "normalized_phone": normalized_phone(row["phone"]),
            "normalized_name": normalized_name(row["full_name"]),
        }
        for row in current.values()
        if not row["is_deleted"]
    ]


def components(records: list[Row]) -> list[list[Row]]:
    """Groups of linked records, by painting every record's group with each link's colour."""
    colour = {record["lead_id"]: record["lead_id"] for record in records}
    first_with: dict[tuple[Any, ...], str] = {}
    for record in records:
        lead_id, email = record["lead_id"], record["normalized_email"]
        phone, name = record["normalized_phone"], record["normalized_name"]
        links = [record["merged_into_lead_id"]]
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


def persons(records: list[Row], rules: Rules) -> list[Row]:
    """One row per person, with `lead_ids` and `emails`, which lead events to it."""
    return [_person(group, rules) for group in components(records)]


def _person(group: list[Row], rules: Rules) -> Row:
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
    return person | _account(person, rules) | _completeness(person) | _fit(person, rules)


def _email_domain(person: Row) -> str | None:
    email = person["normalized_email"]
    return email.partition("@")[2] if email else None


def _account(person: Row, rules: Rules) -> Row:
    free = {record["domain"] for record in rules["free_mail_domains"]}
    domain = _email_domain(person)
    company_domain = None if domain in free else domain
    name = unicodedata.normalize("NFKC", person["company_name"] or "").lower().strip()
    tiers = lookup(rules, "target_accounts", "domain", "account_tier")
    return {
        "company_domain": company_domain,
        "account_id": company_domain or name or None,
        "account_tier": tiers.get(company_domain, "none"),
    }


def _completeness(person: Row) -> Row:
    parts = [person[f"normalized_{part}"] for part in ("name", "email", "phone")]
    return {
        "is_contactable": any(parts[1:]),
        "is_complete": all(parts) and person["company_name"] is not None,
    }


def _fit(person: Row, rules: Rules) -> Row:
    attributes = {name: person[name] for name in FIT_ATTRIBUTES}
    attributes["email_domain"] = _email_domain(person)
    attributes["account_tier"] = _account(person, rules)["account_tier"]
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
