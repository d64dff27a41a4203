"""Sales steps as rows of the feed: every team has its own words, and cites leads in its own way."""

import numpy as np
import pyarrow as pa

from pipelines.simulate.calendar import Calendar
from pipelines.simulate.columns import numbered
from pipelines.simulate.drawing import NONE, Generator, Texts, draw, stream, texts
from pipelines.simulate.duplicates import Leads
from pipelines.simulate.followup import Step
from pipelines.simulate.rules import Rules
from pipelines.simulate.spelling import other_email
from pipelines.simulate.vocabulary import REJECTION_REASONS, SALES_TEAMS


def disposition_rows(
    seed: int, calendar: Calendar, leads: Leads, rules: Rules, steps: list[Step]
) -> pa.Table:
    """The steps, sorted by time, as rows; `at` holds the local second."""
    rng = stream(seed, "disposition rows")
    count = len(steps)
    at = np.array([step.at for step in steps], dtype=np.int64)
    lead_id, email = citations(rng, leads, [step.person for step in steps])
    reason = draw(rng, REJECTION_REASONS, count)
    has_reason = np.array([step.has_reason for step in steps], dtype=bool)
    amount = pa.array([step.amount for step in steps], pa.int64()).cast(pa.decimal128(19, 0))
    return pa.table(
        {
            "disposition_id": disposition_ids(count),
            "occurred_at": pa.array(calendar.utc(at), pa.timestamp("s")),
            "disposition": pa.array(_wordings(rng, rules, steps), pa.string()),
            "lead_id": pa.array(lead_id, pa.string()),
            "email": pa.array(email, pa.string()),
            "sales_team": pa.array([SALES_TEAMS[step.team] for step in steps], pa.string()),
            "sales_rep": pa.array(
                [f"{SALES_TEAMS[step.team][:2].upper()}-{step.rep:02d}" for step in steps],
                pa.string(),
            ),
            "routed_by": pa.array([step.routed_by for step in steps], pa.string()),
            "reason": pa.array(np.where(has_reason, reason, NONE), pa.string()),
            "amount": amount.cast(pa.decimal128(18, 2), safe=False),
            "opportunity_id": pa.array(
                [None if step.deal is None else f"OP-{step.deal:08d}" for step in steps],
                pa.string(),
            ),
            "at": pa.array(at),
        }
    )


def disposition_ids(count: int) -> pa.Array:
    """The ids of the steps in their order of time."""
    return numbered("d", 1, count)


def _wordings(rng: Generator, rules: Rules, steps: list[Step]) -> list[str]:
    """East writes as the system offers, West in Japanese, the others as they please."""
    pick = rng.random((len(steps), 2))
    words = []
    for step, (choice, style) in zip(steps, pick.tolist(), strict=True):
        options = rules.dispositions.get(step.kind, (step.kind,))
        index = {0: 0, 1: len(options) - 1}.get(step.team, int(choice * len(options)))
        word = options[index]
        words.append(word.upper() if style < 0.06 else f" {word} " if style < 0.1 else word)
    return words


def citations(rng: Generator, leads: Leads, persons: list[int]) -> tuple[Texts, Texts]:
    """Lead ids and addresses; some rows have only one of them, some the duplicate's id."""
    first = leads.first_of_person()
    others: dict[int, int] = {}
    leads_on = (leads.deleted_at < 0) | (leads.merged_into >= 0)
    for index in np.flatnonzero(~leads.is_first & leads_on).tolist():
        others[int(leads.person[index])] = index
    lead_ids: list[str | None] = []
    emails: list[str | None] = []
    pick = rng.random((len(persons), 2))
    for number, (person, (by, style)) in enumerate(zip(persons, pick.tolist(), strict=True)):
        index = int(first[person])
        address = leads.email[index]
        if leads.deleted_at[index] >= 0:
            address = None
        elif person in others and by > 0.75:
            index = others[person]
        only_email = address is not None and by < 0.08
        lead_ids.append(None if only_email else leads.lead_id[index])
        if address is not None and style < 0.1:
            address = other_email(address, number)
        emails.append(address if only_email or by < 0.4 else None)
    return texts(lead_ids), texts(emails)
