"""What the warehouse must find: worked out from the plan alone, without any model."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pipelines.simulate.calendar import DAY, Calendar
from pipelines.simulate.duplicates import Leads
from pipelines.simulate.followup import Step
from pipelines.simulate.identity import normalized_email
from pipelines.simulate.leads import Versions
from pipelines.simulate.rules import Rules
from pipelines.simulate.vocabulary import SALES_TEAMS

_ACCEPTING = ("accepted", "appointment", "opportunity", "won")
_TOUCHING = ("attempted", "contacted", "appointment", "opportunity", "won")
_REJECTING = ("rejected", "recycled")
_IGNORED = ("rejected", "stalled", "untouched")


@dataclass(frozen=True, slots=True)
class Entry:
    """A step with the id that it got; sorts as the contract walks dispositions."""

    at: int
    disposition_id: str
    step: Step


def lead_persons(leads: Leads, versions: Versions) -> dict[str, str | None]:
    """The person id of every lead id; None for a deleted lead."""
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


def account_tiers(leads: Leads, versions: Versions, rules: Rules) -> dict[int, str]:
    """The tier of every person by the domain of the latest address among its records."""
    latest: dict[int, tuple[int, str, str]] = {}
    columns = versions.columns
    for lead, row in _existing(versions).items():
        address = normalized_email(columns["email"][row])
        if address:
            found = (int(versions.updated_at[row]), leads.lead_id[lead], address)
            person = int(leads.person[lead])
            latest[person] = max(latest.get(person, found), found)
    tiers = {}
    for person, (_, _, address) in latest.items():
        domain = address.partition("@")[2]
        is_free = domain in rules.free_mail_domains
        tiers[person] = "none" if is_free else rules.target_accounts.get(domain, "none")
    return tiers


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
    """Won deals and their amount: one per person, of the deal's last opportunity if it is blank."""
    wins: dict[int, int] = {}
    offered: dict[int, int] = {}
    for entry in sorted(entries, key=lambda entry: (entry.at, entry.disposition_id)):
        step = entry.step
        if step.person not in persons or step.person in wins:
            continue
        if step.kind == "opportunity":
            offered[step.person] = step.amount or 0
        elif step.kind in ("lost", "rejected", "recycled"):
            offered.pop(step.person, None)
        elif step.kind == "won":
            wins[step.person] = (
                step.amount if step.amount is not None else offered.get(step.person, 0)
            )
    return {"deals": len(wins), "amount": sum(wins.values())}
