"""A company's life as its pipeline sees it: what arrives from day to day, and what is put right."""

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tests.companies.company import Company
from tests.companies.rulebook import RuleTexts, random_rules
from tests.reference.feeds import Row

# tables that make sense alone, and those that only do together
RULES_THAT_CHANGE = [
    *(("scoring_rules",), ("fit_rules",), ("free_mail_domains",), ("target_accounts",)),
    *(("channel_map",), ("content_catalog",), ("disposition_map",), ("holidays",)),
    *(("handoff_sla",), ("kpi_tree", "kpi_targets"), ("fit_grades", "qualification_rules")),
    *(("company_forms",), ("machine_agents",), ("placeholders",), ("scenarios",), ("segments",)),
]
# columns that take another row's values when a row is delivered again
CORRECTED = {
    "web_events": [
        *(("occurred_at",), ("anonymous_id",), ("lead_id", "email"), ("event_type", "form_type")),
        *(("page_url",), ("user_agent",), ("utm_medium", "utm_campaign"), ("referrer",)),
    ],
    "mail_events": [
        *(("occurred_at",), ("lead_id", "email"), ("event_type",), ("mail_id",), ("is_machine",)),
        ("mail_type",),
    ],
    "offline_events": [("occurred_at",), ("lead_id", "email"), ("event_type",), ("quantity",)],
    "sales_dispositions": [
        *(("occurred_at",), ("lead_id", "email"), ("disposition",), ("amount",)),
        *(("opportunity_id",), ("sales_team", "sales_rep", "routed_by"), ("reason",)),
    ],
    "enrollments": [("occurred_at",), ("lead_id", "email"), ("action",), ("scenario_id", "arm")],
    "costs": [("occurred_at",), ("amount",), ("channel", "campaign")],
}
LEAD_ATTRIBUTES = ["email", "phone", "full_name", "company_name", "industry", "employee_count"]
LATE = [0] * 12 + [1, 2, 3, 40]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One load: rows under a file name, whose order decides what replaces what."""

    file: str
    rows: dict[str, list[Row]]


class History:
    """Arrivals of a company, a random step at a time; `settings` and `rules` are those of now."""

    def __init__(self, company: Company, seed: int, days: int) -> None:
        self.rng = random.Random(seed)
        self.company = company
        self.rules: RuleTexts = dict(company.rules)
        self.settings = replace(
            company.settings, as_of=company.settings.as_of - timedelta(days=days // 2)
        )
        self.delivered: dict[str, list[Row]] = {feed: [] for feed in company.delivered}
        self._loads = 0
        self._waiting = [
            (self._day(row) + timedelta(days=self.rng.choice(LATE)), feed, row)
            for feed, rows in company.delivered.items()
            for row in rows
        ]

    def arrive(self) -> Arrival:
        """Whatever had to come by now."""
        due = [entry for entry in self._waiting if entry[0] <= self.settings.as_of]
        self._waiting = [entry for entry in self._waiting if entry[0] > self.settings.as_of]
        return self._arrival([(feed, row) for _, feed, row in due])

    def days_pass(self) -> Arrival:
        self.set_day(self.settings.as_of + timedelta(days=self.rng.choice([1, 1, 2, 7])))
        return self.arrive()

    def a_late_file(self) -> Arrival:
        """Rows of any age, in a file whose name sorts before all that hold their keys."""
        known = [*self._some_known(6), *self._corrected(6)]
        late = self.rng.sample(self._waiting, min(len(self._waiting), 20))
        self._waiting = [entry for entry in self._waiting if entry not in late]
        return self._arrival([*known, *((feed, row) for _, feed, row in late)], early_name=True)

    def rows_again(self) -> Arrival:
        """Known rows, some with another row's values in a column or two."""
        return self._arrival([*self._some_known(5), *self._corrected(25)])

    def leads_change(self) -> Arrival:
        """New versions: merged, deleted, both, or with attributes of another lead."""
        rows = self.delivered["leads"]
        if not rows:
            return self._arrival([])
        changed = []
        for _ in range(self.rng.randint(1, 6)):
            row = dict(self.rng.choice(rows))
            row["updated_at"] = self._instant()
            other = self.rng.choice(rows)
            kind = self.rng.choice(["merged", "deleted", "alias", "restored", "changed", "changed"])
            if kind in ("merged", "alias"):
                row["merged_into_lead_id"] = other["lead_id"]
                row["is_deleted"] = kind == "alias"
            elif kind == "changed":
                for name in self.rng.sample(LEAD_ATTRIBUTES, 2):
                    row[name] = other[name]
            else:
                row["is_deleted"] = kind == "deleted"
            changed.append(("leads", row))
        return self._arrival(changed)

    def strangers_name_themselves(self) -> Arrival:
        """An identified event today on browsers whose history is old."""
        leads, events = self.delivered["leads"], self.delivered["web_events"]
        if not leads or not events:
            return self._arrival([])
        found = []
        for number in range(4):
            row = dict(self.rng.choice(events))
            row |= {
                "event_id": f"named-{self._loads}-{number}",
                "occurred_at": self._instant(),
                "lead_id": self.rng.choice(leads)["lead_id"],
            }
            found.append(("web_events", row))
        return self._arrival(found)

    def rules_change(self) -> None:
        fresh = random_rules(random.Random(self.rng.random()), self.settings.as_of, 60)
        for seed in self.rng.choice(RULES_THAT_CHANGE):
            self.rules[seed] = fresh[seed]

    def set_day(self, day: date) -> None:
        self.settings = replace(self.settings, as_of=day)

    def set_variable(self) -> None:
        self.settings = replace(
            self.settings,
            requalify_cooldown_days=self.rng.choice([0, 3, 14, 60]),
            machine_seconds=self.rng.choice([0, 3, 60]),
            content_days=self.rng.choice([15, 40, 365]),
            segment_days=self.rng.choice([1, 10, 90]),
        )

    def _arrival(self, entries: list[tuple[str, Row]], *, early_name: bool = False) -> Arrival:
        self._loads += 1
        rows: dict[str, list[Row]] = {feed: [] for feed in self.delivered}
        for feed, row in entries:
            rows[feed].append(row)
            self.delivered[feed].append(row)
        prefix = "0_late" if early_name else "1_daily"
        return Arrival(f"{prefix}_{self._loads:04d}.csv", rows)

    def _some_known(self, count: int) -> list[tuple[str, Row]]:
        entries = [(feed, row) for feed, rows in self.delivered.items() for row in rows]
        return self.rng.sample(entries, min(count, len(entries)))

    def _corrected(self, count: int) -> list[tuple[str, Row]]:
        found = []
        for feed, row in self._some_known(count):
            if feed in CORRECTED:
                other = self.rng.choice(self.delivered[feed])
                names = self.rng.choice(CORRECTED[feed])
                found.append((feed, row | {name: other[name] for name in names}))
        return found

    def _instant(self) -> datetime:
        day = self.settings.as_of - timedelta(days=self.rng.choice([0, 0, 1, 5, -1]))
        return datetime.combine(day, datetime.min.time()) + timedelta(
            seconds=self.rng.randrange(86_400)
        )

    def _day(self, row: Row) -> date:
        if "created_at" in row and self.rng.random() < 0.2:
            # in an export of a later state
            return self.settings.local_date(row["created_at"])
        instants = [
            row[name] for name in ("occurred_at", "created_at", "updated_at") if name in row
        ]
        return self.settings.local_date(max(instants))
