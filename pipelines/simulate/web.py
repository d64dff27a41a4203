"""Web events of one month: sessions become page views, forms join them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.simulate import vocabulary as words
from pipelines.simulate.calendar import DAY, Calendar
from pipelines.simulate.columns import numbered, taken, taken_few, tokens
from pipelines.simulate.drawing import (
    Flags,
    Floats,
    Generator,
    Ints,
    Texts,
    draw_index,
    stream,
    texts,
)
from pipelines.simulate.interest import Forms
from pipelines.simulate.mailings import Mailings
from pipelines.simulate.occasions import Occasions
from pipelines.simulate.pages import ENDING_SHARES, Pages
from pipelines.simulate.people import People
from pipelines.simulate.spelling import other_email
from pipelines.simulate.visits import ADVERT, DIRECT, EMAIL, ORGANIC, REFERRAL, SOCIAL, Visits

_EVENT_TYPES = ("page_view", "video_view", "search", "scroll", "form_submit")
_EVENT_SHARES = (0.93, 0.02, 0.02, 0.03)
_FORM = 4
_PROPERTIES = ('{"scroll": 25}', '{"scroll": 75}', '{"variant": "b", "地域": "関東"}')
_CARELESS_SHARE = 0.0008
_CUBOTS = 61  # one browser in so many is a phone that is called a bot
_CHUNK = 2_000_000  # rows made at a time, which bounds the memory of a large company


@dataclass(frozen=True, slots=True)
class WebPlan:
    """What the rows of every month are made from; texts by person, page and mailing."""

    calendar: Calendar
    people: People
    first_lead_id: Texts
    pages: Pages
    mailings: Mailings
    occasions: Occasions
    visits: Visits
    forms: Forms


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one part; `page` -1 is no page, `form` is the form's index or -1.

    `previous` is the page of the own site that led here, -1 where the visit begins.
    """

    at: Ints
    browser: Ints
    kind: Ints
    page: Ints
    previous: Ints
    coming: Ints
    mailing: Ints
    person: Ints
    form: Ints
    is_bot: Ints

    def ordered(self) -> "_Rows":
        order = np.argsort(self.at, kind="stable")
        return _Rows(*(getattr(self, name)[order] for name in self.__slots__))


def web_months(seed: int, plan: WebPlan) -> Iterator[tuple[str, pa.Table]]:
    """The feed's rows month by month, each part by time; `at` holds the local second."""
    rng = stream(seed, "web events")
    first = 1
    for month, begin, end in plan.calendar.months():
        for lower, upper in _parts(plan, begin, end):
            rows = _expanded(rng, plan, lower, upper)
            table = _table(rng, plan, rows, first)
            first += table.num_rows
            yield month, table


def _parts(plan: WebPlan, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a month so that no part holds much more than a chunk of rows."""
    start, pages = plan.visits.sessions.start, plan.visits.sessions.pages
    low, high = np.searchsorted(start, [begin, end])
    parts = int(pages[low:high].sum()) // _CHUNK + 1
    bounds = np.linspace(begin, end, parts + 1).astype(np.int64)
    yield from zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)


def _expanded(rng: Generator, plan: WebPlan, begin: int, end: int) -> _Rows:
    """The page views of the sessions that begin in the span, and its forms; times in ms."""
    sessions = plan.visits.sessions
    low, high = np.searchsorted(sessions.start, [begin, end])
    pages = sessions.pages[low:high]
    count = int(pages.sum())
    row = np.repeat(np.arange(low, high), pages)
    place = np.arange(count) - np.repeat(np.cumsum(pages) - pages, pages)
    gap = np.minimum(rng.exponential(45_000.0, count), 110_000.0).astype(np.int64)
    spent = np.cumsum(gap)
    opened = np.repeat(spent[np.cumsum(pages) - pages], pages) if count else spent
    at = sessions.start[row] * 1_000 + spent - opened + 7
    is_bot = sessions.is_bot[row]
    kind = np.where(is_bot == 1, 0, draw_index(rng, _EVENT_SHARES, count))
    kind[place == 0] = 0
    page = _page(rng, plan.pages, sessions.mind[row])
    previous = np.where((place > 0) & (is_bot == 0), np.roll(page, 1), -1)
    forms = np.flatnonzero((plan.forms.at >= begin) & (plan.forms.at < end))
    blank = np.full(len(forms), -1)
    form_page = _form_page(plan, forms)
    return _Rows(
        at=np.append(at, plan.forms.at[forms] * 1_000),
        browser=np.append(sessions.browser[row], plan.visits.form_browser[forms]),
        kind=np.append(kind, np.full(len(forms), _FORM)),
        page=np.append(page, form_page),
        previous=np.append(previous, np.where(form_page < 0, -1, plan.pages.home)),
        coming=np.append(sessions.coming[row], np.full(len(forms), DIRECT)),
        mailing=np.append(sessions.mailing[row], blank),
        person=np.append(sessions.person[row], blank),
        form=np.append(np.full(count, -1), forms),
        is_bot=np.append(is_bot, np.zeros(len(forms), dtype=np.int64)),
    ).ordered()


def _page(rng: Generator, pages: Pages, mind: Ints) -> Ints:
    page = np.empty(len(mind), dtype=np.int64)
    for state, weights in enumerate(pages.weights):
        chosen = np.flatnonzero(mind == state)
        page[chosen] = draw_index(rng, weights, len(chosen))
    url = page * len(ENDING_SHARES) + draw_index(rng, ENDING_SHARES, len(mind))
    return np.where(rng.random(len(mind)) < _CARELESS_SHARE, pages.careless, url)


def _form_page(plan: WebPlan, forms: Ints) -> Ints:
    """The page a form stands on, as far as the catalogue has one for it."""
    places = {"inquiry": "/contact", "quote_request": "/quote", "download": "/downloads"}
    urls = plan.pages.urls.tolist()
    kinds = plan.forms.form_type[forms]
    found = {kind: words.SITE + places.get(kind, "/products") for kind in set(kinds)}
    index = {kind: urls.index(url) if url in urls else -1 for kind, url in found.items()}
    return np.array([index[kind] for kind in kinds], dtype=np.int64)


def _table(rng: Generator, plan: WebPlan, rows: _Rows, first: int) -> pa.Table:
    count = len(rows.at)
    calendar = plan.calendar
    by = rng.random(count)
    is_form = rows.form >= 0
    named = np.where(
        is_form, plan.forms.person[rows.form] if len(plan.forms.at) else -1, rows.person
    )
    has_lead = (named >= 0) & np.where(is_form, by < 0.12, by < 0.75)
    has_email = (named >= 0) & (is_form | (by >= 0.6))
    browsers, position = np.unique(rows.browser, return_inverse=True)
    agents = (*words.USER_AGENTS, words.CUBOT_AGENT, *words.MACHINE_AGENTS)
    people = len(words.USER_AGENTS)
    of_people = np.where(rows.browser % _CUBOTS == 0, people, rows.browser % people)
    of_machines = people + 1 + rows.browser % len(words.MACHINE_AGENTS)
    agent = np.where(rows.is_bot == 1, of_machines, of_people)
    instants = calendar.utc(np.zeros(1, dtype=np.int64))[0] * 1_000 + rows.at
    columns = {
        "event_id": numbered("w", first, count),
        "occurred_at": pa.array(instants, pa.timestamp("ms")),
        "anonymous_id": pc.if_else(
            pa.array((named < 0) & (by > 0.998)),
            words.NO_BROWSER,
            taken(tokens(browsers), position),
        ),
        "event_type": taken(texts(_EVENT_TYPES), rows.kind),
        "lead_id": taken_few(plan.first_lead_id, np.maximum(named, 0), ~has_lead),
        "email": _emails(plan.people, named, has_email, by),
        "form_type": taken_few(_padded(plan.forms.form_type), np.maximum(rows.form, 0), ~is_form),
        "page_url": taken(plan.pages.urls, rows.page, rows.page < 0),
        "user_agent": taken(texts(agents), agent, by < 0.004),
        "properties": taken(texts(_PROPERTIES), (by * 50).astype(np.int64) % 3, by > 0.3),
    }
    columns |= _coming(plan, rows)
    return pa.table(columns | {"at": pa.array(rows.at // 1_000)})


def _padded(values: Texts) -> Texts:
    """At least one value, so that a masked index has something to point at."""
    return values if len(values) else texts([None])


def _emails(people: People, named: Ints, has_email: Flags, by: Floats) -> pa.Array:
    """Addresses as typed: every twelfth in capitals or full width."""
    plain = taken_few(people.email, np.maximum(named, 0), ~has_email)
    odd = has_email & ((by * 1_000).astype(np.int64) % 12 == 5)
    if not odd.any():
        return plain
    person = named[odd]
    written = [address and other_email(address, who) for who, address in
               zip(person.tolist(), people.email[person], strict=True)]  # fmt: skip
    return pc.replace_with_mask(plain, pa.array(odd), pa.array(written, pa.string()))


def _coming(plan: WebPlan, rows: _Rows) -> dict[str, pa.Array]:
    """Referrer and campaign parameters by where the session came from, then the own site alone."""
    is_own = rows.previous >= 0
    campaigns = plan.occasions.campaigns
    day = rows.at // 1_000 // DAY
    running = np.minimum(day // 45, len(campaigns) - 1)
    last = np.array([each.day + each.length for each in campaigns])[running]
    is_advert = (rows.coming == ADVERT) & (day < last) & ~is_own
    is_mail = (rows.coming == EMAIL) & (rows.mailing >= 0) & ~is_own
    # adverts between two campaigns are not to be had: such visitors found the site themselves
    is_organic = np.isin(rows.coming, [ORGANIC, ADVERT]) & ~is_advert & ~is_own
    is_social = (rows.coming == SOCIAL) & ~is_own
    offset = len(campaigns)
    campaign = texts([each.name for each in campaigns] + list(plan.mailings.mail_id))
    medium = texts([each.medium for each in campaigns] + ["email", "organic", "social"])
    source = texts([each.source for each in campaigns] + ["mail", "google", "linkedin"])
    fixed = np.where(is_mail, offset, np.where(is_organic, offset + 1, offset + 2))
    by_campaign = np.where(is_advert, running, fixed)
    has_medium = is_advert | is_mail | is_organic | is_social
    has_referrer = is_own | is_organic | is_social | is_advert | (rows.coming == REFERRAL)
    referrer = np.where(is_social, 4, np.where(rows.coming == REFERRAL, 3, rows.browser % 3))
    own = len(words.REFERRERS) + plan.pages.without_fragment(rows.previous)
    return {
        "referrer": taken(
            texts([*words.REFERRERS, *plan.pages.urls]),
            np.where(is_own, own, referrer),
            ~has_referrer,
        ),
        "utm_source": taken(source, by_campaign, ~has_medium),
        "utm_medium": taken(medium, by_campaign, ~has_medium),
        "utm_campaign": taken(
            campaign, np.where(is_mail, offset + rows.mailing, running), ~(is_advert | is_mail)
        ),
    }
