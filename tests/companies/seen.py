"""What a random company holds of the cases that real systems bring, counted."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from tests.companies.company import Company
from tests.companies.rulebook import as_reference
from tests.reference.cycles import held_by_cycles
from tests.reference.feeds import LABELS, Row
from tests.reference.handoffs import dispositions_by_person
from tests.reference.identity import Directory, existing, resolve
from tests.reference.marts import Marts, build
from tests.reference.text import folded, normalized_email
from tests.reference.touchpoints import Resolved
from tests.reference.versions import Leads, without_placeholders


class Seen:
    """One company with its marts, and the steps of the reference before them."""

    def __init__(self, company: Company) -> None:
        self.settings, self.texts = company.settings, company.rules
        self.rules = as_reference(company.rules)
        self.raw = company.standing()
        self.feeds = without_placeholders(self.raw, self.rules)
        self.leads = Leads.of(self.feeds["leads"], self.settings)

    @cached_property
    def marts(self) -> Marts:
        return build(self.raw, self.rules, self.settings)

    @cached_property
    def resolved(self) -> Resolved:
        directory = Directory.of(self.marts["persons"], self.leads)
        return resolve(self.feeds, directory, self.settings)

    @cached_property
    def walks(self) -> list[list[Row]]:
        """The dispositions of each person as they count."""
        sales = self.resolved["sales_dispositions"]
        return list(dispositions_by_person(sales, self.rules).values())

    @cached_property
    def cycles(self) -> list[list[Row]]:
        return [held for rows in self.walks for held in held_by_cycles(rows)]

    def events(self, feed: str) -> list[Row]:
        return existing(self.feeds[feed], self.settings)

    def column(self, mart: str, name: str) -> list[object]:
        return [row[name] for row in self.marts[mart]]

    def given_up(self, feed: str) -> int:
        """Rows that only an address of an earlier version leads to somebody."""
        known = {email for person in self.marts["persons"] for email in person["emails"]}
        ends, earlier = self.leads.leads_to(), self.leads.earlier_emails()
        emails = [
            normalized_email(row["email"])
            for row in self.events(feed)
            if row["lead_id"] not in ends
        ]
        return sum(email in earlier and email not in known for email in emails)

    def placeholders(self, column: str) -> int:
        """Values of a column that the rules call nobody."""
        known = {
            folded(one["value"]) for one in self.rules["placeholders"] if one["column"] == column
        }
        rows = [row for feed in ["leads", *LABELS] for row in self.raw[feed]]
        return sum(folded(row.get(column) or "") in known for row in rows)

    def hidden(self, mart: str, name: str, sign: str = ":email") -> int:
        return sum(sign in str(text) for text in self.column(mart, name))


def repeated(values: Iterable[object]) -> int:
    """How many values come more than once."""
    return sum(count > 1 for count in Counter(values).values())
