"""Write a company's feeds and say what the warehouse must make of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.feeds import FEEDS
from pipelines.simulate.calendar import Calendar
from pipelines.simulate.company import Company
from pipelines.simulate.delivery import Counts, Delivery
from pipelines.simulate.dispositions import disposition_ids, disposition_rows
from pipelines.simulate.leads import lead_rows
from pipelines.simulate.mail import mail_months
from pipelines.simulate.nurture import enrollment_rows, scenario_truth
from pipelines.simulate.offline import offline_rows
from pipelines.simulate.pages import build_pages, content_truth
from pipelines.simulate.spending import campaign_truth, cost_rows
from pipelines.simulate.truth import (
    Entry,
    account_tiers,
    handoff_truth,
    lead_persons,
    merged_leads,
    team_truth,
    won_truth,
)
from pipelines.simulate.web import WebPlan, web_months

_LARGE = 1_000_000  # rows from which on a feed is delivered as Parquet alone
# the column that a first delivery gets wrong, and how
_MISTAKES: dict[str, tuple[str, object]] = {
    "leads": ("job_title", None),
    "web_events": ("page_url", None),
    "mail_events": ("subject", None),
    "offline_events": ("quantity", 99),
    "sales_dispositions": ("disposition", "attempted"),
    "enrollments": ("action", "exit"),
    "costs": ("campaign", None),
}
Months = Iterator[tuple[str, pa.Table]]


def export(company: Company, landing: Path, progress: Callable[[str], None]) -> dict[str, object]:
    """Write each feed into its folder under `landing`; returns the truth."""
    counts = {}
    for feed in FEEDS:
        months, expected = _rows(company, feed.name)
        delivery = Delivery(
            feed=feed,
            landing=landing,
            calendar=company.calendar,
            seed=company.seed,
            is_large=expected >= _LARGE,
            blur=_mistaken(*_MISTAKES[feed.name]),
        )
        written = ""
        for month, rows in months:
            delivery.month(month, rows)
            if month[:4] != written[:4] or expected >= _LARGE:
                progress(f"writing {feed.name} of {month}")
            written = month
        counts[feed.name] = delivery.close()
    return _truth(company, counts)


def _rows(company: Company, feed: str) -> tuple[Months, int]:
    """The feed's rows by month, and about how many they are."""
    seed, calendar, first = company.seed, company.calendar, company.first_lead_id
    if feed == "web_events":
        plan = WebPlan(
            calendar=calendar,
            people=company.people,
            first_lead_id=first,
            pages=build_pages(company.rules),
            mailings=company.mail.mailings,
            occasions=company.occasions,
            visits=company.visits,
            forms=company.forms,
        )
        return web_months(seed, plan), company.web_events
    if feed == "mail_events":
        return mail_months(seed, calendar, company.people, first, company.mail), len(
            company.mail.at
        )
    if feed == "leads":
        rows = lead_rows(calendar, company.leads, company.versions, seed)
    elif feed == "offline_events":
        rows = offline_rows(seed, calendar, company.people, first, company.offline)
    elif feed == "enrollments":
        rows = enrollment_rows(seed, calendar, company.leads, company.enrollments)
    elif feed == "costs":
        rows = cost_rows(calendar, company.spending)
    else:
        rows = disposition_rows(seed, calendar, company.leads, company.rules, company.steps)
    return _by_month(calendar, rows), rows.num_rows


def _by_month(calendar: Calendar, rows: pa.Table) -> Months:
    at = rows.column("at").to_numpy()
    for month, begin, end in calendar.months():
        low, high = np.searchsorted(at, [begin, end]).tolist()
        yield month, rows.slice(low, high - low)


def _mistaken(column: str, value: object) -> Callable[[pa.Table], pa.Table]:
    def blur(rows: pa.Table) -> pa.Table:
        index = rows.column_names.index(column)
        field = rows.schema.field(index)
        return rows.set_column(index, field, pa.array([value] * rows.num_rows, field.type))

    return blur


def _truth(company: Company, counts: dict[str, Counts]) -> dict[str, object]:
    leads, versions, calendar = company.leads, company.versions, company.calendar
    persons = lead_persons(leads, versions)
    person_ids = {
        int(person): found
        for person, found in zip(leads.person, persons.values(), strict=True)
        if found is not None
    }
    ids = disposition_ids(len(company.steps)).to_pylist()
    entries = [Entry(step.at, each, step) for each, step in zip(ids, company.steps, strict=True)]
    tiers = account_tiers(leads, versions, company.rules)
    handoffs = handoff_truth(calendar, company.rules, entries, person_ids, tiers)
    return {
        "as_of": calendar.last_day.isoformat(),
        "persons": len(person_ids),
        "won": won_truth(entries, set(person_ids)),
        "rows": {
            feed: {
                "standing": count.standing,
                "replaced": count.replaced,
                "quarantined": count.quarantined,
            }
            for feed, count in counts.items()
        },
        "teams": team_truth(handoffs),
        "scenarios": scenario_truth(company.enrollments, set(person_ids)),
        "campaigns": campaign_truth(
            company.spending, company.occasions, company.visits, company.forms, company.steps
        ),
        "content": content_truth(company.rules),
        "leads": persons,
        "merged": merged_leads(leads, persons),
        "handoffs": handoffs,
    }
