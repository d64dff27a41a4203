"""Which person a row belongs to, and since when that is known (section 5)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from tests.reference.clock import Settings
from tests.reference.feeds import LABELS, Row
from tests.reference.text import normalized_email
from tests.reference.versions import Leads


@dataclass
class Directory:
    """Persons by `person_id`, and the ways that lead to them."""

    persons: dict[str, Row]
    by_lead_id: dict[str, str]
    by_email: dict[str, str]

    @classmethod
    def of(cls, persons: list[Row], leads: Leads) -> "Directory":
        of_record = {lead: person["person_id"] for person in persons for lead in person["lead_ids"]}
        given_up = {email: of_record[lead] for email, lead in leads.earlier_emails().items()}
        return cls(
            {person["person_id"]: person for person in persons},
            {lead_id: of_record[end] for lead_id, end in leads.leads_to().items()},
            given_up
            | {email: person["person_id"] for person in persons for email in person["emails"]},
        )

    def person_of(self, row: Row) -> str | None:
        by_email = self.by_email.get(normalized_email(row["email"]) or "")
        return self.by_lead_id.get(row["lead_id"], by_email)


def existing(rows: list[Row], settings: Settings) -> list[Row]:
    """The rows of an event feed that exist at D."""
    return [row for row in rows if settings.local_date(row["occurred_at"]) <= settings.as_of]


def resolve(
    feeds: dict[str, list[Row]], directory: Directory, settings: Settings
) -> dict[str, list[Row]]:
    """Rows of the four event feeds with `person_id`, `known_at`, `is_identified`."""
    resolved = {
        feed: [
            row | {"person_id": directory.person_of(row), "known_at": row["occurred_at"]}
            for row in existing(feeds[feed], settings)
        ]
        for feed in LABELS
    }
    resolved["web_events"] = stitched(resolved["web_events"])
    for rows in resolved.values():
        for row in rows:
            if row["person_id"]:
                created: datetime = directory.persons[row["person_id"]]["created_at"]
                row["known_at"] = max(row["known_at"], created)
    return resolved


def stitched(rows: list[Row]) -> list[Row]:
    """Web events, the unidentified ones given to the person last or next seen on the browser."""
    ordered = sorted(rows, key=lambda row: (row["occurred_at"], row["event_id"]))
    browsers: dict[tuple[str, str], list[Row]] = {}
    for row in ordered:
        # a row of no browser is alone
        browser = ("id", row["anonymous_id"]) if row["anonymous_id"] else ("row", row["event_id"])
        browsers.setdefault(browser, []).append(row)
    return [
        _stitched_row(row, place, browser)
        for browser in browsers.values()
        for place, row in enumerate(browser)
    ]


def _stitched_row(row: Row, place: int, browser: list[Row]) -> Row:
    if row["person_id"]:
        return row | {"is_identified": True}
    earlier = [other for other in browser[:place] if other["person_id"]]
    later = [other for other in browser[place:] if other["person_id"]]
    result = row | {"is_identified": False}
    if earlier:
        result["person_id"] = earlier[-1]["person_id"]
    elif later:
        result["person_id"] = later[0]["person_id"]
        result["known_at"] = later[0]["occurred_at"]
    return result


def unresolved_events(resolved: dict[str, list[Row]], settings: Settings) -> list[Row]:
    counts = Counter(
        (LABELS[feed], settings.local_month(row["occurred_at"]))
        for feed, rows in resolved.items()
        for row in rows
        if not row["person_id"]
    )
    return [{"feed": feed, "month": month, "rows": n} for (feed, month), n in counts.items()]
