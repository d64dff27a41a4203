"""Episodes of interest: the plan that web visits, mail clicks, calls and hand-offs all follow."""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.calendar import DAY, Calendar, settle
from pipelines.simulate.drawing import (
    Flags,
    Floats,
    Generator,
    Ints,
    Texts,
    chance,
    draw,
    stream,
    texts,
)
from pipelines.simulate.people import People

_EPISODES_A_YEAR = 0.85
# the form that made somebody a lead, and those that later episodes bring
_FIRST_FORMS = {
    "web_form": {
        "document_request": 0.4, "download": 0.25, "inquiry": 0.2, "quote_request": 0.06,
        "newsletter_signup": 0.09,
    },
    "paid_search": {"document_request": 0.5, "download": 0.35, "inquiry": 0.15},
    "newsletter": {"newsletter_signup": 1.0},
    "seminar": {"webinar_signup": 1.0},
    "referral": {"inquiry": 0.6, "document_request": 0.4},
}  # fmt: skip
_LATER_FORMS = (
    ("newsletter_signup", 0.0, 0.08),
    ("download", 0.2, 0.16),
    ("document_request", 0.3, 0.16),
    ("webinar_signup", 0.3, 0.1),
    ("inquiry", 0.5, 0.14),
    ("quote_request", 0.62, 0.1),
)


@dataclass(frozen=True, slots=True)
class Episodes:
    """One entry per episode; `strength` lies in 0 to 1, `length` is in seconds."""

    person: Ints
    start: Ints
    length: Ints
    strength: Floats

    @property
    def count(self) -> int:
        return len(self.person)


@dataclass(frozen=True, slots=True)
class Forms:
    """One entry per form that somebody filled in."""

    person: Ints
    at: Ints
    form_type: Texts


def build_episodes(seed: int, calendar: Calendar, people: People) -> Episodes:
    """One episode around the first contact, and later ones by interest."""
    rng = stream(seed, "episodes")
    strength_at_first = np.clip(people.interest + rng.normal(0.0, 0.12, people.count), 0.02, 1.0)
    first_start = people.met_at - (rng.random(people.count) ** 2 * 18 * DAY).astype(np.int64)
    left = (calendar.end - people.created_at) / (365.0 * DAY)
    later = rng.poisson(_EPISODES_A_YEAR * (0.4 + 1.2 * people.interest) * left)
    person = np.repeat(np.arange(people.count), later)
    begin = people.created_at[person] + 20 * DAY
    room = np.maximum(calendar.end - begin, 1)
    later_start = begin + (rng.random(len(person)) * room).astype(np.int64)
    later_strength = 0.6 * rng.beta(1.5, 1.9, len(person)) + 0.5 * people.interest[person]
    all_people = np.append(np.arange(people.count), person)
    start = np.maximum(np.append(first_start, later_start), 0)
    strength = np.clip(np.append(strength_at_first, later_strength), 0.02, 1.0)
    length = ((4.0 + 28.0 * strength * rng.random(len(start))) * DAY).astype(np.int64)
    happens = start < calendar.end
    order = np.lexsort((start, all_people))
    order = order[happens[order]]
    return Episodes(all_people[order], start[order], length[order], strength[order])


def build_forms(seed: int, calendar: Calendar, people: People, episodes: Episodes) -> Forms:
    """The forms that created leads, and those filled in near the end of later episodes."""
    rng = stream(seed, "forms")
    persons, times, types = [], [], []
    for source, shares in _FIRST_FORMS.items():
        chosen = np.flatnonzero(people.lead_source == source)
        persons.append(chosen)
        times.append(people.met_at[chosen])
        types.append(draw(rng, list(shares), len(chosen), list(shares.values())))
    is_known = episodes.start > people.created_at[episodes.person]
    for form_type, least_strength, share in _LATER_FORMS:
        weight = np.where(episodes.strength >= least_strength, share, 0.0)
        weight = weight * (0.5 + episodes.strength * 1.8)
        # somebody who has just become a lead fills in fewer of them
        chosen = np.flatnonzero(chance(rng, np.where(is_known, weight, weight * 0.3), len(weight)))
        begin = np.maximum(
            episodes.start[chosen] + episodes.length[chosen] // 3,
            people.created_at[episodes.person[chosen]],
        )
        at = pick_times(rng, begin, episodes.length[chosen] // 2, 1.0)
        at = np.where(at < calendar.end, settle(rng, calendar, at), at)
        persons.append(episodes.person[chosen])
        times.append(at)
        types.append(texts([form_type] * len(chosen)))
    person, at = np.concatenate(persons), np.concatenate(times)
    has_mail = people.email[person] != None  # noqa: E711 - elementwise
    happens = (at < calendar.end) & has_mail & _is_there(people, person, at)
    return Forms(person[happens], at[happens], np.concatenate(types)[happens])


def _is_there(people: People, person: Ints, at: Ints) -> Flags:
    """Whether the person has not been deleted by then."""
    deleted_at = people.deleted_at[person]
    return (deleted_at < 0) | (at < deleted_at)


def join_forms(first: Forms, second: Forms) -> Forms:
    """Both sets of forms."""
    return Forms(
        np.append(first.person, second.person),
        np.append(first.at, second.at),
        np.append(first.form_type, second.form_type),
    )


def weeks_of_interest(episodes: Episodes, weeks: int) -> Ints:
    """Sorted keys `person * weeks + week` of the weeks in which somebody's episode runs."""
    begin = episodes.start // (7 * DAY)
    end = np.minimum((episodes.start + episodes.length) // (7 * DAY), weeks - 1)
    spans = np.maximum(end - begin + 1, 1)
    row = np.repeat(np.arange(episodes.count), spans)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(spans) - spans, spans)
    return np.unique(episodes.person[row] * weeks + begin[row] + offset)


def pick_times(rng: Generator, starts: Ints, lengths: Ints, lean: float) -> Ints:
    """Times within spans; `lean` above 1 leans towards their ends."""
    return starts + (rng.random(len(starts)) ** (1.0 / lean) * lengths).astype(np.int64)
