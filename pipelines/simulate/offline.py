"""What happens away from the site: fairs, webinars, calls, letters and visits."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.simulate.calendar import DAY, Calendar, office_seconds
from pipelines.simulate.columns import numbered, taken
from pipelines.simulate.drawing import Flags, Generator, Ints, Texts, chance, stream, texts
from pipelines.simulate.interest import Episodes, Forms
from pipelines.simulate.occasions import Occasions
from pipelines.simulate.people import People

_HEADS_A_FAIR_DAY = 70
_HEADS_A_SEMINAR = 9


@dataclass(frozen=True, slots=True)
class Offline:
    """One entry per event, by time; `person` is -1 for a head count."""

    at: Ints
    event_type: Texts
    person: Ints
    campaign: Texts
    quantity: Ints


_Part = tuple[Ints, str, Ints, Texts]


def build_offline(
    seed: int,
    calendar: Calendar,
    people: People,
    episodes: Episodes,
    forms: Forms,
    occasions: Occasions,
) -> Offline:
    """All offline events that have happened by the last day."""
    rng = stream(seed, "offline")
    parts = [
        *_at_fairs(rng, people, occasions),
        *_at_webinars(rng, people, forms, occasions),
        *_at_seminars(rng, people, occasions),
        *_calls_and_visits(rng, calendar, people, episodes),
        *_letters(rng, calendar, people, occasions),
    ]
    sizes = [len(part[0]) for part in parts]
    at = np.concatenate([part[0] for part in parts])
    person = np.concatenate([part[2] for part in parts])
    event_type = np.repeat(texts([part[1] for part in parts]), sizes)
    campaign = np.concatenate([part[3] for part in parts])
    heads, counted_type, quantity, occasion = _head_counts(rng, people.count, occasions)
    at = np.append(at, heads)
    person = np.append(person, np.full(len(heads), -1))
    event_type = np.append(event_type, counted_type)
    campaign = np.append(campaign, occasion)
    quantity = np.append(np.ones(sum(sizes), dtype=np.int64), quantity)
    order = np.lexsort((person, at))
    order = order[(at[order] >= 0) & (at[order] < calendar.end)]
    return Offline(at[order], event_type[order], person[order], campaign[order], quantity[order])


def _at_fairs(rng: Generator, people: People, occasions: Occasions) -> list[_Part]:
    met = np.flatnonzero((people.lead_source == "exhibition") & (people.campaign != None))  # noqa: E711
    cards = met[chance(rng, 0.8, len(met))]
    parts: list[_Part] = [
        (people.met_at[met], "booth_visit", met, people.campaign[met]),
        (
            people.met_at[cards] + rng.integers(120, 1_500, len(cards)),
            "business_card",
            cards,
            people.campaign[cards],
        ),
    ]
    for fair in occasions.fairs:
        known = np.flatnonzero(people.created_at < fair.day * DAY)
        back = known[chance(rng, 0.02 * people.interest[known], len(known))]
        at = (fair.day + rng.integers(0, 3, len(back))) * DAY + office_seconds(rng, len(back))
        parts.append((at, "booth_visit", back, texts([fair.name] * len(back))))
    return parts


def _head_counts(
    rng: Generator, persons: int, occasions: Occasions
) -> tuple[Ints, Texts, Ints, Texts]:
    """Visitors whom nobody asked for a name: by the hour at fairs, at the door of seminars."""
    size = max(1.0, persons / 2_000)
    rows = [
        (fair.day + day, hour + 1, "booth_visit", _HEADS_A_FAIR_DAY / 7, fair.name)
        for fair in occasions.fairs
        for day in range(fair.length)
        for hour in range(10, 17)
    ]
    rows += [
        (each.day, 14, "seminar_attended", _HEADS_A_SEMINAR, each.name)
        for each in occasions.seminars
    ]
    at = np.array([day * DAY + hour * 3_600 - 60 for day, hour, *_ in rows], dtype=np.int64)
    usual = np.array([heads * size for *_, heads, _ in rows])
    quantity = rng.poisson(usual).astype(np.int64)
    return at, texts([row[2] for row in rows]), quantity, texts([row[4] for row in rows])


def _at_webinars(rng: Generator, people: People, forms: Forms, occasions: Occasions) -> list[_Part]:
    signed = forms.form_type == "webinar_signup"
    person, at = forms.person[signed], forms.at[signed]
    if not occasions.webinars or not len(person):
        return []
    begins = np.array([each.day for each in occasions.webinars]) * DAY + 14 * 3_600
    following = np.searchsorted(begins, at)
    held = following < len(begins)
    person, following = person[held], following[held]
    comes = chance(rng, 0.45 + 0.3 * people.interest[person], len(person))
    _, first = np.unique(np.stack([person, following]), axis=1, return_index=True)
    first = first[comes[first]]
    names = texts([each.name for each in occasions.webinars])
    late = rng.integers(0, 900, len(first))
    return [
        (
            begins[following[first]] + late,
            "seminar_attended",
            person[first],
            names[following[first]],
        )
    ]


def _at_seminars(rng: Generator, people: People, occasions: Occasions) -> list[_Part]:
    """Known people who come; most of them leave a card."""
    parts: list[_Part] = []
    for seminar in occasions.seminars:
        known = np.flatnonzero(people.created_at < seminar.day * DAY)
        guests = known[chance(rng, 0.03 * people.interest[known], len(known))]
        cards = guests[chance(rng, 0.7, len(guests))]
        for kind, who, minutes in (("seminar_attended", guests, 20), ("seminar_card", cards, 240)):
            at = np.full(len(who), seminar.day * DAY + 13 * 3_600 + 1_800)
            at = at + rng.integers(0, minutes * 60, len(who))
            parts.append((at, kind, who, texts([seminar.name] * len(who))))
    return parts


def _calls_and_visits(
    rng: Generator, calendar: Calendar, people: People, episodes: Episodes
) -> list[_Part]:
    parts: list[_Part] = []
    for kind, share in (("call_connected", 0.16), ("visit", 0.025)):
        weight = share * (0.3 + 1.4 * episodes.strength)
        chosen = np.flatnonzero(chance(rng, weight, episodes.count))
        person = episodes.person[chosen]
        wished = np.maximum(episodes.start[chosen], people.created_at[person])
        wished = wished + (rng.random(len(chosen)) * episodes.length[chosen]).astype(np.int64)
        at = _in_office(rng, calendar, wished)
        parts.append((at, kind, person, texts([None] * len(person))))
    return parts


def _letters(
    rng: Generator, calendar: Calendar, people: People, occasions: Occasions
) -> list[_Part]:
    parts: list[_Part] = []
    for letter in occasions.letters:
        known = np.flatnonzero(people.created_at < letter.day * DAY)
        known = known[chance(rng, 0.12, len(known))]
        at = _in_office(rng, calendar, np.full(len(known), letter.day * DAY))
        parts.append((at, "dm_sent", known, texts([letter.name] * len(known))))
    return parts


def _in_office(rng: Generator, calendar: Calendar, wished: Ints) -> Ints:
    """The office hours of the first business day from the wished one on."""
    business = np.flatnonzero(calendar.is_business)
    day = np.minimum(wished // DAY, business[-1])
    office_day: Ints = business[np.searchsorted(business, day)]
    return office_day * DAY + office_seconds(rng, len(wished))


def offline_rows(
    seed: int, calendar: Calendar, people: People, first_lead_id: Texts, offline: Offline
) -> pa.Table:
    """The events as rows of the feed; a head count names nobody."""
    rng = stream(seed, "offline rows")
    count = len(offline.at)
    by = rng.random(count)
    nobody: Flags = offline.person < 0
    has_email = people.email[offline.person] != None  # noqa: E711 - elementwise
    only_email = has_email & (by < 0.18)
    return pa.table(
        {
            "event_id": numbered("o", 1, count),
            "occurred_at": pa.array(calendar.utc(offline.at), pa.timestamp("s")),
            "event_type": pa.array(offline.event_type, pa.string()),
            "lead_id": taken(first_lead_id, offline.person, nobody | only_email),
            "email": taken(people.email, offline.person, nobody | (by > 0.4)),
            "campaign": pa.array(offline.campaign, pa.string()),
            "quantity": pa.array(offline.quantity, pa.int64(), mask=~nobody & (by < 0.7)),
            "at": pa.array(offline.at),
        }
    )
