"""Versions of leads: which one counts on D, where merged leads lead, who had an address."""

from dataclasses import dataclass

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.rules import Rules
from tests.reference.text import folded, normalized_email, normalized_name, normalized_phone

Feeds = dict[str, list[Row]]


def without_placeholders(feeds: Feeds, rules: Rules) -> Feeds:
    """The rows as the models know them: what stands for nobody is null."""
    known = {(one["column"], folded(one["value"])) for one in rules["placeholders"]}
    columns = {column for column, _ in known}
    kept = {
        feed: [
            row
            | {
                name: None
                for name in columns & row.keys()
                if row[name] is not None and (name, folded(row[name])) in known
            }
            for row in rows
        ]
        for feed, rows in feeds.items()
    }
    return kept | {"leads": [row for row in kept["leads"] if row["lead_id"] is not None]}


def known_versions(rows: list[Row], settings: Settings) -> dict[str, list[Row]]:
    """Versions of each lead that exist at D, by age, or the first later one in their place."""
    by_lead: dict[str, list[Row]] = {}
    for row in rows:
        if settings.local_date(row["created_at"]) <= settings.as_of:
            by_lead.setdefault(row["lead_id"], []).append(row)
    found = {}
    for lead_id, versions in by_lead.items():
        versions.sort(key=lambda row: row["updated_at"])
        stand_in = versions[0] | {"is_deleted": False, "merged_into_lead_id": None}
        known = [
            row for row in versions if settings.local_date(row["updated_at"]) <= settings.as_of
        ]
        found[lead_id] = known or [stand_in]
    return found


@dataclass
class Leads:
    """Lead records of D, and what else leads to them."""

    records: list[Row]
    merged_into: dict[str, str]
    earlier: list[Row]

    @classmethod
    def of(cls, rows: list[Row], settings: Settings) -> "Leads":
        records, merged_into, earlier = [], {}, []
        for lead_id, known in known_versions(rows, settings).items():
            current = known[-1]
            if not current["is_deleted"]:
                records.append(normalized(current))
                earlier += known[:-1]
            elif current["merged_into_lead_id"] is not None:
                merged_into[lead_id] = current["merged_into_lead_id"]
                earlier += known
        return cls(records, merged_into, earlier)

    def leads_to(self) -> dict[str, str]:
        """The lead record that a `lead_id` leads to: itself, or the end of its aliases."""
        found = {record["lead_id"]: record["lead_id"] for record in self.records}
        for alias in self.merged_into:
            end = alias
            for _ in self.merged_into:
                end = self.merged_into.get(end, end)
            if end in found and end not in self.merged_into:
                found[alias] = end
        return found

    def earlier_emails(self) -> dict[str, str]:
        """Addresses of earlier versions and of aliases, with the lead record that had them last."""
        ends = self.leads_to()
        by_age = sorted(self.earlier, key=lambda row: (row["updated_at"], row["lead_id"]))
        return {
            email: ends[row["lead_id"]]
            for row in by_age
            if row["lead_id"] in ends and (email := normalized_email(row["email"]))
        }


def normalized(row: Row) -> Row:
    return row | {
        "normalized_email": normalized_email(row["email"]),
        "normalized_phone": normalized_phone(row["phone"]),
        "normalized_name": normalized_name(row["full_name"]),
    }
