"""What the warehouse must find: worked out from the plan alone, without any model."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np

from pipelines.simulate.calendar import DAY, Calendar
from pipelines.simulate.duplicates import Leads
from pipelines.simulate.followup import Step
from pipelines.simulate.identity import normalized_company, normalized_email
from pipelines.simulate.leads import Versions
from pipelines.simulate.rules import Rules
from pipelines.simulate.vocabulary import NO_COMPANIES, SALES_TEAMS

_ACCEPTING = ("accepted", "appointment", "opportunity", "won")
_TOUCHING = ("attempted", "contacted", "appointment", "opportunity", "won")
_REJECTING = ("rejected", "recycled")
_IGNORED = ("rejected", "stalled", "untouched")
_TAKING_UP = ("handed_off", *_ACCEPTING)


@dataclass(frozen=True, slots=True)
class Entry:
    """A step with the id that it got; sorts as the contract walks dispositions."""

    at: int
    disposition_id: str
    step: Step


def lead_persons(leads: Leads, versions: Versions) -> dict[str, str | None]:
    """The person id of every lead id; None for a deleted lead, merged or not."""
    exists = _existing(versions)
    canonical: dict[int, tuple[int, str]] = {}
    for lead in exists:
        key = (int(leads.created_at[lead]), leads.lead_id[lead])
        person = int(leads.person[lead])
        canonical[person] = min(canonical.get(person, key), key)
    return {
        lead_id: canonical[int(leads.person[lead])][1] if lead in exists else None
        for lead, lead_id in enumerate(leads.lead_id.tolist())
    }


def merged_leads(leads: Leads, persons: dict[str, str | None]) -> dict[str, str | None]:
    """The person that a lead id which was merged and deleted leads to."""
    merged = np.flatnonzero((leads.merged_into >= 0) & (leads.deleted_at >= 0)).tolist()
    return {leads.lead_id[lead]: persons[leads.lead_id[leads.merged_into[lead]]] for lead in merged}


def account_tiers(leads: Leads, versions: Versions, rules: Rules) -> dict[int, str]:
    """The tier of every person's company: by the domain of its latest address, else by its name."""
    emails = _latest(leads, versions, "email", normalized_email)
    companies = _latest(leads, versions, "company_name", partial(_company, rules))
    domains = {person: _company_domain(email, rules) for person, email in emails.items()}
    of_company: dict[str, set[str]] = defaultdict(set)
    for person, domain in domains.items():
        if domain and person in companies:
            of_company[companies[person]].add(domain)
    tiers = {}
    for person in set(leads.person[list(_existing(versions))].tolist()):
        named = of_company.get(companies.get(person, ""), set())
        domain = domains.get(person) or (next(iter(named)) if len(named) == 1 else None)
        tiers[person] = rules.target_accounts.get(domain or "", "none")
    return tiers


def _latest(
    leads: Leads, versions: Versions, column: str, normalized: Callable[[str | None], str | None]
) -> dict[int, str]:
    """The latest value of a column among the records of each person that has one."""
    latest: dict[int, tuple[int, str, str]] = {}
    for lead, row in _existing(versions).items():
        value = normalized(versions.columns[column][row])
        if value:
            found = (int(versions.updated_at[row]), leads.lead_id[lead], value)
            person = int(leads.person[lead])
            latest[person] = max(latest.get(person, found), found)
    return {person: value for person, (_, _, value) in latest.items()}


def _company(rules: Rules, name: str | None) -> str | None:
    return None if name in NO_COMPANIES else normalized_company(name, rules.company_forms)


def _company_domain(email: str, rules: Rules) -> str | None:
    domain = email.partition("@")[2]
    return None if domain in rules.free_mail_domains else domain


def _existing(versions: Versions) -> dict[int, int]:
    """The row of the current version of each lead that is not deleted."""
    rows = np.flatnonzero(versions.is_current).tolist()
    is_deleted = versions.columns["is_deleted"]
    return {int(versions.lead[row]): row for row in rows if not is_deleted[row]}


def handoff_truth(
    calendar: Calendar,
    rules: Rules,
    entries: list[Entry],
    person_ids: dict[int, str],
    tiers: dict[int, str],
) -> dict[str, dict[str, object]]:
    """Every hand-off of somebody who exists, with what became of it by the last day."""
    walks: dict[int, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: (entry.at, entry.disposition_id)):
        if entry.step.person in person_ids:
            walks[entry.step.person].append(entry)
    found: dict[str, dict[str, object]] = {}
    for person, walk in walks.items():
        handoffs: list[Entry] = []
        for entry in walk:
            if entry.step.kind == "handed_off" and (
                not handoffs or entry.at // DAY != handoffs[-1].at // DAY
            ):
                handoffs.append(entry)
        ends = [handoff.at for handoff in handoffs[1:]] + [calendar.end]
        for handoff, end in zip(handoffs, ends, strict=True):
            window = [entry for entry in walk if handoff.at <= entry.at < end]
            due = _deadline(calendar.day(handoff.at // DAY), tiers.get(person, "none"), rules)
            outcome = _outcome(calendar, window, due)
            found[handoff.disposition_id] = {
                "person_id": person_ids[person],
                "sales_team": SALES_TEAMS[handoff.step.team],
                "routed_by": handoff.step.routed_by,
                "handed_off_date": calendar.day(handoff.at // DAY).isoformat(),
                "acceptance_deadline": due.isoformat(),
                "is_mature": due <= calendar.last_day,
                "outcome": outcome,
            }
    return found


def _deadline(day: date, tier: str, rules: Rules) -> date:
    left = rules.days_to_accept(tier)
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in rules.holidays
    return day


def _outcome(calendar: Calendar, window: list[Entry], due: date) -> str:
    kinds = {entry.step.kind for entry in window}
    accepted_on = [
        calendar.day(entry.at // DAY) for entry in window if entry.step.kind in _ACCEPTING
    ]
    if accepted_on:
        return "accepted" if accepted_on[0] <= due else "accepted_late"
    if "withdrawn" in kinds:
        return "withdrawn"
    if kinds.intersection(_REJECTING):
        return "rejected"
    if due > calendar.last_day:
        return "pending"
    return "stalled" if kinds.intersection(_TOUCHING) else "untouched"


def team_truth(handoffs: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """Counts and the ignore rate per team and over all (`all`); withdrawn ones count nowhere."""
    groups: dict[str, list[dict[str, object]]] = defaultdict(list)
    for handoff in handoffs.values():
        groups[str(handoff["sales_team"])].append(handoff)
        groups["all"].append(handoff)
    return {team: _counted(rows) for team, rows in sorted(groups.items())}


def _counted(rows: list[dict[str, object]]) -> dict[str, object]:
    mature = [row for row in rows if row["is_mature"] and row["outcome"] != "withdrawn"]
    ignored = sum(row["outcome"] in _IGNORED for row in mature)
    return {
        "handoffs": len(rows),
        "mature_handoffs": len(mature),
        "ignored": ignored,
        "ignore_rate": ignored / len(mature) if mature else None,
    }


def won_truth(entries: list[Entry], persons: set[int]) -> dict[str, int]:
    """Won deals and their amount."""
    walks: dict[int, list[Step]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: (entry.at, entry.disposition_id)):
        if entry.step.person in persons:
            walks[entry.step.person].append(entry.step)
    amounts = [amount for walk in walks.values() for amount in _won_amounts(walk)]
    return {"deals": len(amounts), "amount": sum(amounts)}


def _won_amounts(walk: list[Step]) -> Iterator[int]:
    """The amount of each cycle of a person that was won."""
    cycle: list[Step] = []
    is_customer = False
    for step in walk:
        if is_customer and step.kind not in _TAKING_UP:
            continue
        is_customer = False
        cycle.append(step)
        if step.kind == "won":
            yield _amount(cycle)
            cycle, is_customer = [], True
        elif is_closed(cycle):
            cycle = []


def _amount(cycle: list[Step]) -> int:
    won = cycle[-1]
    offers = [step for step in cycle if step.kind == "opportunity"]
    of_deal = [step for step in offers if step.deal == won.deal and won.deal is not None]
    stated = [won] if won.amount is not None else (of_deal or offers)[-1:]
    return sum(step.amount or 0 for step in stated)


def is_closed(cycle: list[Step]) -> bool:
    """Whether the last step ends the cycle; one of several open deals may be lost before."""
    last = cycle[-1]
    if last.kind in _REJECTING:
        return any(step.kind in _TAKING_UP for step in cycle)
    open_deals: set[int] = set()
    for step in cycle[:-1]:
        if step.kind == "opportunity" and step.deal is not None:
            open_deals.add(step.deal)
        elif step.kind == "lost" and step.deal is not None:
            open_deals.discard(step.deal)
    return last.kind == "lost" and (last.deal is None or not open_deals - {last.deal})
