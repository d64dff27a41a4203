"""Sessions on the site: by people in their episodes, by strangers, and by bots."""

from dataclasses import dataclass, fields

import numpy as np

from pipelines.simulate.calendar import DAY, Calendar, draw_times, settle
from pipelines.simulate.drawing import Floats, Generator, Ints, chance, draw_index, stream
from pipelines.simulate.interest import Episodes, Forms, pick_times
from pipelines.simulate.mail import Mail
from pipelines.simulate.pages import ACT, AWARE, COMPARE
from pipelines.simulate.people import People

ORGANIC, DIRECT, REFERRAL, SOCIAL, ADVERT, EMAIL = range(6)
_COMING = (0.36, 0.27, 0.1, 0.06, 0.21)
_KNOWN_COMING = (0.34, 0.46, 0.08, 0.04, 0.08)
_BOT_SHARE = 0.03
_MOST_BY_PEOPLE = 0.6  # of all rows, as far as mails and forms do not need more
_LAST_START = 3_600  # a session that starts so long before the end is over by then
_MOST_PAGES = 25


@dataclass(frozen=True, slots=True)
class Sessions:
    """One entry per session; `person` is -1 unless its rows say who it is.

    `mailing` is -1 unless a mail led here, `is_bot` tells whose agent the browser has.
    """

    start: Ints
    browser: Ints
    pages: Ints
    mind: Ints
    coming: Ints
    mailing: Ints
    person: Ints
    is_bot: Ints


@dataclass(frozen=True, slots=True)
class Visits:
    """All sessions by start, the browser each form was filled in with, and how many browsers."""

    sessions: Sessions
    form_browser: Ints
    browsers: int


def build_visits(
    seed: int,
    calendar: Calendar,
    people: People,
    episodes: Episodes,
    mail: Mail,
    forms: Forms,
    web_events: int,
    activity: float,
) -> Visits:
    """Sessions with `web_events` rows in all, forms included; `activity` scales those of people."""
    rng = stream(seed, "visits")
    first, count, shared = _browsers(rng, people)

    def browser_of(person: Ints) -> Ints:
        which = rng.integers(0, count[person])
        which[chance(rng, 0.6, len(person))] = 0
        at_colleague = (shared[person] >= 0) & chance(rng, 0.4, len(person))
        return np.where(at_colleague, shared[person], first[person] + which)

    form_browser = browser_of(forms.person)
    needed = [_from_mail(rng, mail), _before_forms(rng, forms)]
    free = [
        _in_episodes(rng, calendar, people, episodes, activity),
        _in_between(rng, calendar, people, activity),
    ]
    room = web_events * _MOST_BY_PEOPLE - len(forms.at) - _rows(needed)
    share = max(0.0, room) / max(1, _rows(free))
    parts = [_thinned(rng, part, share) for part in free] + needed
    for number, part in enumerate(parts):
        part["browser"] = form_browser if number == 3 else browser_of(part["owner"])
    known = int(first[-1] + count[-1])
    room = web_events - len(forms.at) - _rows(parts)
    strangers = _of_strangers(rng, calendar, max(0, room - int(web_events * _BOT_SHARE)), known)
    browsers = int(strangers["browser"].max(initial=known - 1)) + 1
    bots = _of_bots(rng, calendar, min(max(0, room), int(web_events * _BOT_SHARE)), browsers)
    return Visits(_joined(calendar, [*parts, strangers, bots]), form_browser, browsers + 40)


def _joined(calendar: Calendar, parts: list[dict[str, Ints]]) -> Sessions:
    columns = {
        field.name: np.concatenate(
            [part.get(field.name, np.full(len(part["start"]), -1)) for part in parts]
        )
        for field in fields(Sessions)
    }
    columns["start"] = np.clip(columns["start"], 0, calendar.end - _LAST_START)
    order = np.argsort(columns["start"], kind="stable")
    return Sessions(**{name: values[order] for name, values in columns.items()})


def _rows(parts: list[dict[str, Ints]]) -> int:
    return sum(int(part["pages"].sum()) for part in parts)


def _thinned(rng: Generator, part: dict[str, Ints], share: float) -> dict[str, Ints]:
    """The sessions of a part, or a share of them."""
    if share >= 1.0:
        return part
    keep = chance(rng, share, len(part["start"]))
    return {name: values[keep] for name, values in part.items()}


def _browsers(rng: Generator, people: People) -> tuple[Ints, Ints, Ints]:
    """First browser and number of browsers of each person; a colleague's browser or -1."""
    count = draw_index(rng, [0.7, 0.22, 0.08], people.count) + 1
    first = np.cumsum(count) - count
    by_company = np.argsort(people.company, kind="stable")
    neighbour = by_company[np.minimum(np.arange(people.count) + 1, people.count - 1)]
    colleague = np.empty(people.count, dtype=np.int64)
    colleague[by_company] = neighbour
    is_shared = (people.company >= 0) & (people.company[colleague] == people.company)
    is_shared &= chance(rng, 0.05, people.count)
    return first, count, np.where(is_shared, first[colleague], -1)


def _in_episodes(
    rng: Generator, calendar: Calendar, people: People, episodes: Episodes, activity: float
) -> dict[str, Ints]:
    strength = episodes.strength
    count = rng.poisson(activity * (0.4 + 7.5 * strength**1.3))
    row = np.repeat(np.arange(episodes.count), count)
    wished = pick_times(rng, episodes.start[row], episodes.length[row], 1.5)
    happens = wished < calendar.end
    row, wished = row[happens], wished[happens]
    progress = (wished - episodes.start[row]) / episodes.length[row] * (0.35 + strength[row])
    start = settle(rng, calendar, wished)
    return _of_people(rng, people, episodes.person[row], start, _mind(rng, progress), 3.4)


def _in_between(
    rng: Generator, calendar: Calendar, people: People, activity: float
) -> dict[str, Ints]:
    left = calendar.end - people.created_at
    count = rng.poisson(activity * left / (30.0 * DAY) * 0.3 * people.interest)
    person = np.repeat(np.arange(people.count), count)
    wished = people.created_at[person] + (rng.random(len(person)) * left[person]).astype(np.int64)
    start = settle(rng, calendar, wished)
    return _of_people(rng, people, person, start, np.full(len(person), AWARE), 2.0)


def _of_people(
    rng: Generator, people: People, person: Ints, start: Ints, mind: Ints, pages: float
) -> dict[str, Ints]:
    is_told = (start > people.created_at[person]) & chance(rng, 0.14, len(person))
    return {
        "owner": person,
        "start": start,
        "pages": np.minimum(rng.geometric(1.0 / pages, len(person)), _MOST_PAGES),
        "mind": mind,
        "coming": draw_index(rng, _KNOWN_COMING, len(person)),
        "person": np.where(is_told, person, -1),
        "is_bot": np.zeros(len(person), dtype=np.int64),
    }


def _mind(rng: Generator, progress: Floats) -> Ints:
    wobbly = progress + rng.normal(0.0, 0.15, len(progress))
    return np.where(wobbly > 0.62, ACT, np.where(wobbly > 0.3, COMPARE, AWARE))


def _from_mail(rng: Generator, mail: Mail) -> dict[str, Ints]:
    clicks = np.flatnonzero(mail.is_human_click)
    clicks = clicks[chance(rng, 0.9, len(clicks))]
    person = mail.person[clicks]
    return {
        "owner": person,
        "start": mail.at[clicks] + 2,
        "pages": rng.geometric(1.0 / 2.2, len(clicks)),
        "mind": draw_index(rng, [0.6, 0.3, 0.1], len(clicks)),
        "coming": np.full(len(clicks), EMAIL),
        "mailing": mail.mailing[clicks],
        "person": np.where(chance(rng, 0.6, len(clicks)), person, -1),
        "is_bot": np.zeros(len(clicks), dtype=np.int64),
    }


def _before_forms(rng: Generator, forms: Forms) -> dict[str, Ints]:
    count = len(forms.at)
    pages = rng.geometric(1.0 / 2.5, count)
    return {
        "owner": forms.person,
        "start": forms.at - 30 - 70 * pages,
        "pages": pages,
        "mind": np.where(np.isin(forms.form_type, ["inquiry", "quote_request"]), ACT, COMPARE),
        "coming": draw_index(rng, _KNOWN_COMING, count),
        "is_bot": np.zeros(count, dtype=np.int64),
    }


def _of_strangers(
    rng: Generator, calendar: Calendar, rows: int, first_browser: int
) -> dict[str, Ints]:
    """Visitors who never say who they are; most come once and look at one or two pages."""
    pages = _exactly(np.minimum(rng.geometric(1.0 / 1.7, rows), _MOST_PAGES), rows)
    count = len(pages)
    visitor = np.arange(count)
    returns = chance(rng, 0.22, count)
    visitor = np.maximum.accumulate(np.where(returns, 0, visitor))
    first = draw_times(rng, calendar, count)[visitor]
    later = first + (rng.exponential(6.0 * DAY, count)).astype(np.int64)
    start = np.where(returns, np.where(later < calendar.end, later, first), first)
    _, browser = np.unique(visitor, return_inverse=True)
    return {
        "start": np.where(returns, settle(rng, calendar, start), start),
        "browser": first_browser + browser,
        "pages": pages,
        "mind": np.where(
            returns,
            draw_index(rng, [0.45, 0.35, 0.2], count),
            draw_index(rng, [0.82, 0.15, 0.03], count),
        ),
        "coming": draw_index(rng, _COMING, count),
        "is_bot": np.zeros(count, dtype=np.int64),
    }


def _of_bots(rng: Generator, calendar: Calendar, rows: int, first_browser: int) -> dict[str, Ints]:
    """Bots work day and night from forty addresses."""
    pages = _exactly(np.minimum(rng.geometric(1.0 / 4.0, rows), _MOST_PAGES), rows)
    count = len(pages)
    return {
        "start": rng.integers(0, calendar.end, count),
        "browser": first_browser + rng.integers(0, 40, count),
        "pages": pages,
        "mind": draw_index(rng, [0.5, 0.3, 0.2], count),
        "coming": np.full(count, DIRECT),
        "is_bot": np.ones(count, dtype=np.int64),
    }


def _exactly(pages: Ints, rows: int) -> Ints:
    """As many sessions as it takes for that many rows."""
    total = np.cumsum(pages)
    count = int(np.searchsorted(total, rows, side="left")) + 1 if rows else 0
    kept = pages[:count].copy()
    if count:
        kept[-1] -= int(total[count - 1]) - rows
    return kept
