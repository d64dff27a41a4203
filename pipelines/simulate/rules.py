"""What the company shares with the warehouse: the shipped seeds, read for their vocabulary."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.settings import SHIPPED_RULES


@dataclass(frozen=True, slots=True)
class Rules:
    """The seeds that the plan and its truth need; `company_forms` are the legal forms in names.

    `dispositions` holds the raw texts of each canonical disposition, `pages` the path prefixes of
    each buying stage, `acceptance_days` the business days of each account tier, `scenarios` the
    goal of each nurture scenario: a stage, and the days in which it is to be reached.
    """

    target_accounts: dict[str, str]
    free_mail_domains: frozenset[str]
    company_forms: tuple[str, ...]
    holidays: frozenset[date]
    acceptance_days: dict[str, int]
    dispositions: dict[str, tuple[str, ...]]
    pages: dict[str, tuple[str, ...]]
    scenarios: dict[str, tuple[str, int]]

    def days_to_accept(self, account_tier: str) -> int:
        """Business days that sales has for a lead of this tier."""
        return self.acceptance_days.get(account_tier, self.acceptance_days["default"])


def read_rules(folder: Path = SHIPPED_RULES) -> Rules:
    """Read the seeds; raises UsageError if one is missing."""
    pages = _grouped(folder, "content_catalog", "buying_stage", "path_prefix")
    dispositions = _grouped(folder, "disposition_map", "disposition", "raw_disposition")
    accounts = _rows(folder, "target_accounts")
    sla = _rows(folder, "handoff_sla")
    return Rules(
        target_accounts={row["domain"]: row["account_tier"] for row in accounts},
        free_mail_domains=frozenset(row["domain"] for row in _rows(folder, "free_mail_domains")),
        company_forms=tuple(row["form"] for row in _rows(folder, "company_forms")),
        holidays=frozenset(date.fromisoformat(row["date"]) for row in _rows(folder, "holidays")),
        acceptance_days={row["account_tier"]: int(row["acceptance_business_days"]) for row in sla},
        dispositions=dispositions,
        pages=pages,
        scenarios={
            row["scenario_id"]: (row["goal_stage"], int(row["goal_days"]))
            for row in _rows(folder, "scenarios")
        },
    )


def _rows(folder: Path, seed: str) -> list[dict[str, str]]:
    path = folder / f"{seed}.csv"
    if not path.is_file():
        raise UsageError(f"the simulated company needs the seed {path}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _grouped(folder: Path, seed: str, by: str, column: str) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for row in _rows(folder, seed):
        groups.setdefault(row[by], []).append(row[column])
    return {name: tuple(values) for name, values in groups.items()}
