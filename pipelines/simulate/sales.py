"""What sales makes of the leads: hand-offs, and what each team does with them."""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.calendar import DAY, HOUR, Calendar
from pipelines.simulate.companies import Companies
from pipelines.simulate.drawing import Flags, Generator, Ints, chance, logistic, stream
from pipelines.simulate.followup import Handoff, Step, follow_up
from pipelines.simulate.interest import Episodes, Forms
from pipelines.simulate.people import People
from pipelines.simulate.rules import Rules
from pipelines.simulate.vocabulary import SALES_TEAMS

_KEY_ACCOUNTS = len(SALES_TEAMS) - 1
_PAUSE = 40 * DAY  # marketing leaves somebody alone for so long after a hand-off came back
# (of all people an exhibition brought, how many are handed over unseen before and after half-way)
_DUMPED = (0.42, 0.06)
# of all people who ask as soon as they are known, how many want to buy within a month
_URGENT_SHARE = 0.4
_TWO_YEARS = 730


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
    forms: Forms,
    rules: Rules,
) -> list[Step]:
    """Every step that sales records up to the last day, person by person."""
    rng = stream(seed, "sales")
    halfway = calendar.days * DAY // 2
    is_urgent, decides_at = _intentions(seed, people, forms)
    steps: list[Step] = []
    busy_until: dict[int, int] = {}
    for wish in _wishes(rng, calendar, people, episodes, forms, halfway):
        free_at = busy_until.get(wish.person, 0)
        if free_at < 0 or wish.at < free_at:
            continue
        handoff = _handoff(
            rng, people, companies, rules, wish, halfway,
            is_urgent=bool(is_urgent[wish.person]), decides_at=int(decides_at[wish.person]),
        )  # fmt: skip
        made, closed_at = follow_up(rng, calendar, handoff)
        steps += made
        busy_until[wish.person] = closed_at if closed_at < 0 else closed_at + _PAUSE
    deleted = [people.deleted_at[step.person] for step in steps]
    return [
        step
        for step, gone_at in zip(steps, deleted, strict=True)
        if step.at < calendar.end and (gone_at < 0 or step.at < gone_at)
    ]


def _intentions(seed: int, people: People, forms: Forms) -> tuple[Flags, Ints]:
    """Who wants to buy at once, and when each of the others can decide: within two years."""
    rng = stream(seed, "intentions")
    asked = np.isin(forms.form_type, ["inquiry", "quote_request"])
    asked &= forms.at <= people.created_at[forms.person] + DAY
    is_urgent = np.zeros(people.count, dtype=bool)
    is_urgent[forms.person[asked]] = True
    is_urgent &= chance(rng, _URGENT_SHARE, people.count)
    days = 30.0 + (_TWO_YEARS - 30) * rng.random(people.count) ** 1.4
    return is_urgent, people.created_at + (days * DAY).astype(np.int64)


def _wishes(
    rng: Generator,
    calendar: Calendar,
    people: People,
    episodes: Episodes,
    forms: Forms,
    halfway: int,
) -> list[Wish]:
    """Whom marketing wants to hand over, by person and time; excluded people on lists alone."""
    chosen = [
        *_after_inquiries(rng, people, forms),
        *_after_episodes(rng, people, episodes, forms),
    ]
    wishes = [wish for wish in chosen if not people.is_excluded[wish.person]]
    wishes += _after_fairs(rng, people, halfway)
    wishes = [wish for wish in wishes if wish.at < calendar.end]
    return sorted(wishes, key=lambda wish: (wish.person, wish.at))


def _after_inquiries(rng: Generator, people: People, forms: Forms) -> list[Wish]:
    """Most people who raise their hand are handed over within a day or two."""
    asked = np.flatnonzero(np.isin(forms.form_type, ["inquiry", "quote_request"]))
    asked = asked[chance(rng, 0.35 + 0.5 * people.fit[forms.person[asked]], len(asked))]
    return [
        Wish(
            person=int(forms.person[row]),
            at=max(int(forms.at[row]), int(people.created_at[forms.person[row]]))
            + int(rng.integers(2, 40)) * HOUR,
            strength=0.42 + 0.6 * float(people.interest[forms.person[row]]),
            is_dump=False,
        )
        for row in asked.tolist()
    ]


def _after_episodes(rng: Generator, people: People, episodes: Episodes, forms: Forms) -> list[Wish]:
    """Fitting people at the height of a strong episode, and now and then just anybody."""
    person, strength = episodes.person, episodes.strength
    quality = 0.66 * strength + 0.34 * people.fit[person]
    wanted = chance(rng, 0.012 + 0.75 * logistic(17.0 * (quality - 0.59)), episodes.count)
    share = 0.7 + 0.45 * rng.random(episodes.count)
    ripe = episodes.start + (episodes.length * share).astype(np.int64)
    known = people.created_at[person] + rng.integers(2, 40, episodes.count) * HOUR
    at = np.maximum(ripe, known)
    # marketing sees the interest of those alone who once said on the site who they are
    told_at = np.full(people.count, np.iinfo(np.int64).max)
    np.minimum.at(told_at, forms.person, forms.at)
    is_seen = (told_at[person] < at) | chance(rng, 0.12, episodes.count)
    return [
        Wish(int(person[row]), int(at[row]), float(strength[row]), False)
        for row in np.flatnonzero(wanted & is_seen).tolist()
    ]


def _after_fairs(rng: Generator, people: People, halfway: int) -> list[Wish]:
    """Whole lists of visitors, which stops half-way."""
    visitors = np.flatnonzero(people.lead_source == "exhibition")
    share = np.where(people.created_at[visitors] < halfway, *_DUMPED)
    return [
        Wish(each, int(people.created_at[each]) + int(rng.integers(2, 6)) * DAY, 0.12, True)
        for each in visitors[chance(rng, share, len(visitors))].tolist()
    ]


def _handoff(
    rng: Generator,
    people: People,
    companies: Companies,
    rules: Rules,
    wish: Wish,
    halfway: int,
    is_urgent: bool,
    decides_at: int,
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
        is_excluded=bool(people.is_excluded[wish.person]),
        is_urgent=is_urgent and wish.at < int(people.created_at[wish.person]) + 3 * DAY,
        decides_at=decides_at,
        team=team,
        rep=1 + wish.person * 7 % 4,
        routed_by=routed_by if rng.random() > 0.02 else None,
        has_programme=has_programme,
        days_to_accept=rules.days_to_accept(tier),
        worth=1.0 + (np.log10(companies.employees[company]) if company >= 0 else 1.0),
    )
