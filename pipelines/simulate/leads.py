"""Versions of the lead records: what was known at first, corrected, merged and deleted later."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.simulate.calendar import DAY, Calendar
from pipelines.simulate.companies import Companies
from pipelines.simulate.drawing import NONE, Flags, Generator, Ints, Texts, stream, texts
from pipelines.simulate.duplicates import Leads
from pipelines.simulate.people import People
from pipelines.simulate.spelling import mistyped

# how often something is put right later
_CORRECTIONS = {
    "employee_count": 0.2, "job_title": 0.12, "company_name": 0.05, "phone": 0.05, "email": 0.03,
}  # fmt: skip
_STRAY = 401  # one lead in so many points to a record that is not there


@dataclass(frozen=True, slots=True)
class Versions:
    """One entry per version, by lead and time; the last one of a lead is its current one."""

    lead: Ints
    updated_at: Ints
    is_current: Flags
    columns: dict[str, Texts]


def build_versions(
    seed: int,
    calendar: Calendar,
    people: People,
    companies: Companies,
    leads: Leads,
    unsubscribed_at: Ints,
) -> Versions:
    """All versions; `unsubscribed_at` tells per person when the opt-in ended, -1 for never."""
    rng = stream(seed, "versions")
    changed_at = _change_times(rng, calendar, leads)
    first_unsubscribed = np.where(leads.is_first, unsubscribed_at[leads.person], -1)
    changed_at["mail_opt_in"] = np.where(
        first_unsubscribed > leads.created_at, first_unsubscribed, -1
    )
    deleted_at = np.where(leads.deleted_at > leads.created_at, leads.deleted_at, -1)
    gone = (deleted_at >= 0)[:, None]
    times = np.stack([leads.created_at, *changed_at.values(), deleted_at], axis=1)
    times = np.where(gone & (times > deleted_at[:, None]), -1, times)
    lead, column = np.nonzero(times >= 0)
    pairs = np.unique(np.stack([lead, times[lead, column]], axis=1), axis=0)
    lead, updated_at = pairs[:, 0], pairs[:, 1]
    is_current = np.append(lead[1:] != lead[:-1], True)
    final, earlier = _attributes(people, companies, leads)
    final["mail_opt_in"] = final["mail_opt_in"] & (changed_at["mail_opt_in"] < 0)
    columns = {
        name: np.where(
            updated_at < changed_at[name][lead]
            if name in changed_at
            else np.zeros(len(lead), bool),
            earlier[name][lead] if name in earlier else NONE,
            values[lead],
        )
        for name, values in final.items()
    }
    is_deleted = (deleted_at[lead] >= 0) & (updated_at == deleted_at[lead])
    for name in ("email", "full_name", "phone"):
        columns[name] = np.where(is_deleted, NONE, columns[name])
    columns["is_deleted"] = is_deleted.astype(object)
    columns["lead_id"] = leads.lead_id[lead]
    return Versions(lead, updated_at, is_current, columns)


def _change_times(rng: Generator, calendar: Calendar, leads: Leads) -> dict[str, Ints]:
    """When each attribute got its final value, -1 for from the start on."""
    times = {}
    for name, share in _CORRECTIONS.items():
        at = leads.created_at + (rng.exponential(25.0, leads.count) * DAY).astype(np.int64) + 60
        happens = (rng.random(leads.count) < share) & (at < calendar.end) & leads.is_first
        times[name] = np.where(happens, at, -1)
    # e-mail and phone bind records together, so that theirs must have come right by the end
    merged_at = leads.created_at + rng.integers(1, 20, leads.count) * DAY
    merged_at = np.where(
        leads.deleted_at >= 0, leads.deleted_at, np.minimum(merged_at, calendar.end - 1)
    )
    times["merged_into_lead_id"] = np.where(leads.merged_into >= 0, merged_at, -1)
    return times


def _attributes(
    people: People, companies: Companies, leads: Leads
) -> tuple[dict[str, Texts], dict[str, Texts]]:
    """Final values, and earlier ones where they are not simply blank."""
    person = leads.person
    company = people.company[person]
    has_company = company >= 0
    opted_in = people.opted_in[person]
    final = {
        "email": leads.email,
        "full_name": leads.full_name,
        "company_name": leads.company_name,
        "phone": leads.phone,
        "job_title": people.job_title[person],
        "department": people.department[person],
        "industry": np.where(has_company, companies.industry[company], NONE),
        "country": people.country[person],
        "employee_count": np.where(has_company, companies.employees[company].astype(object), NONE),
        "lead_source": people.lead_source[person],
        "campaign": people.campaign[person],
        "mail_opt_in": opted_in.astype(object),
        "merged_into_lead_id": _pointers(leads),
    }
    earlier = {
        "email": texts([address and mistyped(address) for address in leads.email]),
        "company_name": texts([name and f"{name[:-1]}" for name in leads.company_name]),
        "mail_opt_in": opted_in.astype(object),
    }
    return final, earlier


def _pointers(leads: Leads) -> Texts:
    """Records to merge into; a few name a record that was never there or is deleted."""
    number = np.arange(leads.count)
    pointer: Texts = np.where(leads.merged_into >= 0, leads.lead_id[leads.merged_into], NONE)
    pointer[(number % _STRAY == 17) & leads.is_first] = "L999999999"
    deleted = np.flatnonzero((leads.deleted_at >= 0) & leads.is_first)
    if len(deleted):
        pointer[(number % _STRAY == 29) & leads.is_first] = leads.lead_id[deleted[0]]
    return pointer


def lead_rows(calendar: Calendar, leads: Leads, versions: Versions, seed: int) -> pa.Table:
    """The versions as rows of the feed, by time; many first versions leave `updated_at` blank."""
    rng = stream(seed, "lead rows")
    created_at = leads.created_at[versions.lead]
    is_blank = (versions.updated_at == created_at) & (rng.random(len(created_at)) < 0.4)
    instants = calendar.utc(versions.updated_at)
    order = np.lexsort((versions.lead, versions.updated_at))
    values = {name: column[order] for name, column in versions.columns.items()}
    table = {
        "lead_id": pa.array(values["lead_id"], pa.string()),
        "created_at": pa.array(calendar.utc(created_at)[order], pa.timestamp("s")),
        "updated_at": pa.array(instants[order], pa.timestamp("s"), mask=is_blank[order]),
        "employee_count": pa.array(values["employee_count"], pa.int64()),
        "mail_opt_in": pa.array(values["mail_opt_in"], pa.bool_()),
        "is_deleted": pa.array(values["is_deleted"], pa.bool_()),
    }
    table |= {
        name: pa.array(column, pa.string()) for name, column in values.items() if name not in table
    }
    return pa.table(table | {"at": pa.array(versions.updated_at[order])})
