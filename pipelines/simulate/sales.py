"""What sales makes of the leads: hand-offs, and what each team does with them."""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.calendar import DAY, Calendar
from pipelines.simulate.companies import Companies
from pipelines.simulate.drawing import Generator, chance, logistic, stream
from pipelines.simulate.followup import Handoff, Step, follow_up
from pipelines.simulate.interest import Episodes
from pipelines.simulate.people import People
from pipelines.simulate.rules import Rules
from pipelines.simulate.vocabulary import SALES_TEAMS

_KEY_ACCOUNTS = len(SALES_TEAMS) - 1
_PAUSE = 40 * DAY  # marketing leaves somebody alone for so long after a hand-off came back
# (of all people an exhibition brought, how many are handed over unseen before and after half-way)
_DUMPED = (0.42, 0.06)


@dataclass(frozen=True, slots=True)
class Wish:
    """A hand-off that marketing wants to make; `strength` is what the lead has shown."""

    person: int
    at: int
    strength: float
    is_dump: bool


def build_sales(
    seed: int,
    calendar: Calendar,
    people: People,
    companies: Companies,
    episodes: Episodes,
    rules: Rules,
) -> list[Step]:
    """Every step that sales records up to the last day, person by person."""
    rng = stream(seed, "sales")
    halfway = calendar.days * DAY // 2
    steps: list[Step] = []
    busy_until: dict[int, int] = {}
    for wish in _wishes(rng, calendar, people, episodes, halfway):
        free_at = busy_until.get(wish.person, 0)
        if free_at < 0 or wish.at < free_at:
            continue
        handoff = _handoff(rng, people, companies, rules, wish, halfway)
        made, closed_at = follow_up(rng, calendar, handoff)
        steps += made
        busy_until[wish.person] = closed_at if closed_at < 0 else closed_at + _PAUSE
    deleted = [people.deleted_at[step.person] for step in steps]
    return [
        step
        for step, gone_at in zip(steps, deleted, strict=True)
        if step.at < calendar.end and (gone_at < 0 or step.at < gone_at)
    ]


def _wishes(
    rng: Generator, calendar: Calendar, people: People, episodes: Episodes, halfway: int
) -> list[Wish]:
    """After strong episodes of fitting people, and lists from fairs, by person and time."""
    person, strength = episodes.person, episodes.strength
    quality = 0.62 * strength + 0.38 * people.fit[person]
    wanted = chance(rng, logistic(13.0 * (quality - 0.55)) * 0.85, episodes.count)
    ripe = episodes.start + (episodes.length * (0.5 + 0.5 * rng.random(episodes.count))).astype(int)
    known = people.created_at[person] + rng.integers(2, 40, episodes.count) * 3_600
    at = np.maximum(ripe, known)
    wishes = [
        Wish(int(person[row]), int(at[row]), float(strength[row]), False)
        for row in np.flatnonzero(wanted)
    ]
    fair_people = np.flatnonzero(people.lead_source == "exhibition")
    share = np.where(people.created_at[fair_people] < halfway, *_DUMPED)
    for each in fair_people[chance(rng, share, len(fair_people))].tolist():
        late = int(rng.integers(2, 6)) * DAY
        wishes.append(Wish(each, int(people.created_at[each]) + late, 0.12, True))
    wishes = [wish for wish in wishes if wish.at < calendar.end]
    return sorted(wishes, key=lambda wish: (wish.person, wish.at))


def _handoff(
    rng: Generator,
    people: People,
    companies: Companies,
    rules: Rules,
    wish: Wish,
    halfway: int,
) -> Handoff:
    company = int(people.company[wish.person])
    tier = companies.tier[company] if company >= 0 else "none"
    is_large = company >= 0 and companies.employees[company] > 4_000
    is_key = tier != "none" or (is_large and wish.person % 2 == 0)
    team = _KEY_ACCOUNTS if is_key else (company if company >= 0 else wish.person) % 3
    has_programme = wish.at >= halfway
    # the ADR team starts with target accounts some weeks before the programme for everybody
    has_adr = wish.at >= halfway - 60 * DAY if tier != "none" else has_programme
    share = 0.8 if tier != "none" else 0.45
    by_adr = has_adr and not wish.is_dump and rng.random() < share
    by_partner = people.lead_source[wish.person] == "partner" and not by_adr
    routed_by = "adr" if by_adr else "partner" if by_partner else "marketing"
    return Handoff(
        person=wish.person,
        at=wish.at,
        quality=0.6 * wish.strength + 0.4 * float(people.fit[wish.person]),
        is_dump=wish.is_dump,
        team=team,
        rep=1 + wish.person * 7 % 4,
        routed_by=routed_by if rng.random() > 0.01 else None,
        has_programme=has_programme,
        days_to_accept=rules.days_to_accept(tier),
        worth=1.0 + (np.log10(companies.employees[company]) if company >= 0 else 1.0),
    )
