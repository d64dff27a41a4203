"""Rules read from CSV files and looked up as section 3 says."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.reference.text import folded, lower

Rules = dict[str, list[dict[str, Any]]]

TYPED_COLUMNS = {
    "scoring_rules": {
        **dict.fromkeys(("points", "every", "window_days", "max_points"), int),
        **dict.fromkeys(("valid_from", "valid_to"), date.fromisoformat),
        "hand_raise": lambda source: source.lower() == "true",
    },
    "fit_rules": {"points": int, "excludes": lambda source: source.lower() == "true"},
    "fit_grades": {"min_points": int},
    "qualification_rules": {"min_score": int},
    "handoff_sla": {"acceptance_business_days": int},
    "holidays": {"date": date.fromisoformat},
    "visitor_offers": {"priority": int, "at_least": int},
    "kpi_targets": {"month": date.fromisoformat, "target": Decimal},
    "scenarios": {"goal_days": int},
}
SEEDS = [
    "disposition_map",
    "content_catalog",
    "channel_map",
    "scoring_rules",
    "fit_rules",
    "fit_grades",
    "qualification_rules",
    "target_accounts",
    "free_mail_domains",
    "company_forms",
    "machine_agents",
    "placeholders",
    "handoff_sla",
    "holidays",
    "kpi_tree",
    "kpi_targets",
    "scenarios",
    "segments",
]
# those whose file may be missing
OPTIONAL = {"company_forms", "machine_agents", "placeholders", "scenarios", "segments"}


def read_rules(folder: Path) -> Rules:
    return {seed: typed_rules(seed, _records(seed, folder / f"{seed}.csv")) for seed in SEEDS}


def _records(seed: str, path: Path) -> list[dict[str, str]]:
    if seed in OPTIONAL and not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def typed_rules(seed: str, records: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Blank is None; numbers, dates and booleans parsed."""
    parsers = TYPED_COLUMNS.get(seed, {})
    return [
        {name: parsers.get(name, str)(value) if value else None for name, value in record.items()}
        for record in records
    ]


def lookup(rules: Rules, seed: str, key: str, value: str) -> dict[Any, Any]:
    """One seed as a dict from its key column to a value column."""
    return {record[key]: record[value] for record in rules[seed]}


def canonical_disposition(rules: Rules, raw: str) -> str:
    known = lookup(rules, "disposition_map", "raw_disposition", "disposition")
    spelled = {folded(name): canonical for name, canonical in known.items()}
    return spelled.get(folded(raw), "unknown")


def mapped_channel(rules: Rules, feed: str, key: str) -> str:
    known = {
        (record["feed"], folded(record["key"])): record["channel"]
        for record in rules["channel_map"]
    }
    return known.get((feed, folded(key)), "other")


def content_of(rules: Rules, page_path: str | None) -> dict[str, Any]:
    """The catalog row with the longest prefix by whole segments, or nothing."""
    fitting = [
        record
        for record in rules["content_catalog"]
        if page_path is not None and _is_prefix(record["path_prefix"], page_path)
    ]
    return max(fitting, key=lambda record: len(record["path_prefix"]), default={})


def _is_prefix(prefix: str, page_path: str) -> bool:
    return prefix in ("/", page_path) or page_path.startswith(prefix + "/")


def fit_rule_matches(rule: dict[str, Any], value: str | int | None) -> bool:
    """One fit rule against one attribute of a person."""
    operator = rule["operator"]
    if value is None or operator == "blank":
        return value is None and operator == "blank"
    if rule["attribute"] == "employee_count":
        numbers = [Decimal(part) for part in rule["value"].split("|")]
        return {
            "eq": value == numbers[0],
            "in": value in numbers,
            "gte": value >= numbers[0],
            "lte": value <= numbers[0],
        }[operator]
    lowered = lower(str(value))
    wanted = lower(rule["value"])
    return {
        "eq": lowered == wanted,
        "in": lowered in wanted.split("|"),
        "contains": wanted in lowered,
    }[operator]
