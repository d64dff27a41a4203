"""The persons behind the leads: who they are, when they became known, how much they care."""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate import vocabulary as words
from pipelines.simulate.calendar import DAY, Calendar, draw_times, office_seconds
from pipelines.simulate.companies import Companies
from pipelines.simulate.drawing import (
    Flags,
    Floats,
    Generator,
    Ints,
    Texts,
    chance,
    draw,
    draw_index,
    stream,
    texts,
)
from pipelines.simulate.occasions import Occasion, Occasions

_SOURCES = {
    "web_form": 0.3, "exhibition": 0.24, "seminar": 0.13, "paid_search": 0.12,
    "newsletter": 0.08, "referral": 0.05, "partner": 0.05, "outbound": 0.03,
}  # fmt: skip
_OCCASIONS_OF = {"exhibition": "fairs", "seminar": "webinars", "paid_search": "campaigns"}
_INTEREST_OF = {"referral": 0.22, "partner": 0.2, "web_form": 0.08, "exhibition": -0.08}


@dataclass(frozen=True, slots=True)
class People:
    """One entry per person; `company` is -1 for none, `deleted_at` -1 for never.

    `met_at` is the first contact, `created_at` when the CRM learnt of it. Students and competitors
    are excluded and never buy. `fit` and `interest` lie in 0 to 1; nothing of the two is written,
    only what follows from them.
    """

    company: Ints
    kind: Texts
    full_name: Texts
    email: Texts
    phone: Texts
    has_own_phone: Flags
    job_title: Texts
    department: Texts
    country: Texts
    lead_source: Texts
    campaign: Texts
    met_at: Ints
    created_at: Ints
    deleted_at: Ints
    opted_in: Flags
    is_excluded: Flags
    fit: Floats
    interest: Floats

    @property
    def count(self) -> int:
        return len(self.company)


def build_people(
    seed: int, calendar: Calendar, companies: Companies, occasions: Occasions, count: int
) -> People:
    """Persons in the order of their creation."""
    rng = stream(seed, "people")
    source, campaign, met_at, created_at = _arrivals(rng, calendar, occasions, count)
    company = draw_index(rng, companies.weight, count)
    mail_kind = draw(rng, ["company", "free", "none"], count, [0.86, 0.115, 0.025])
    company = np.where((mail_kind == "free") & chance(rng, 0.75, count), -1, company)
    kind, full_name, local_part = _names(rng, company, companies)
    email = _emails(rng, mail_kind, company, companies, local_part)
    phone, has_own_phone = _phones(rng, company, full_name, email)
    title = draw_index(rng, [row[2] for row in words.JOB_TITLES], count)
    department = draw_index(rng, [row[2] for row in words.DEPARTMENTS], count)
    language = np.where(kind == "western", 1, 0)
    deleted_at = np.where(
        chance(rng, 0.012, count),
        created_at + rng.integers(1, max(2, calendar.days // 3), count) * DAY,
        -1,
    )
    return People(
        company=company,
        kind=kind,
        full_name=full_name,
        email=email,
        phone=phone,
        has_own_phone=has_own_phone,
        job_title=_written(words.JOB_TITLES, title, language),
        department=_written(words.DEPARTMENTS, department, language),
        country=_countries(rng, company, companies),
        lead_source=source,
        campaign=campaign,
        met_at=met_at,
        created_at=created_at,
        deleted_at=np.where(deleted_at < calendar.end, deleted_at, -1),
        opted_in=chance(rng, 0.36, count) & (email != None),  # noqa: E711 - elementwise
        is_excluded=_is_excluded(company, companies, title),
        fit=_fit(rng, company, companies, title, department),
        interest=np.clip(
            rng.beta(1.5, 2.2, count) + [_INTEREST_OF.get(each, 0.0) for each in source], 0.02, 1.0
        ),
    )


def _arrivals(
    rng: Generator, calendar: Calendar, occasions: Occasions, count: int
) -> tuple[Texts, Texts, Ints, Ints]:
    """Sources, campaigns, first contacts and creations, sorted by creation."""
    source = draw(rng, list(_SOURCES), count, list(_SOURCES.values()))
    campaign = texts([None] * count)
    met_at = draw_times(rng, calendar, count)
    lag = rng.integers(5, 120, count)
    for name, kind in _OCCASIONS_OF.items():
        held: tuple[Occasion, ...] = getattr(occasions, kind)
        chosen = np.flatnonzero(source == name)
        if not held:
            source[chosen] = "web_form"
            continue
        which = rng.integers(0, len(held), len(chosen))
        campaign[chosen] = texts([each.name for each in held])[which]
        day = np.array([each.day for each in held])[which]
        length = np.array([each.length for each in held])[which]
        if kind == "webinars":
            day, length = day - 13, np.full(len(day), 13)
        met_on = np.maximum(day + (rng.random(len(chosen)) * length).astype(np.int64), 0)
        seconds = met_at[chosen] % DAY
        if kind == "fairs":
            seconds = office_seconds(rng, len(chosen))
            lag[chosen] = rng.integers(4, 96, len(chosen)) * 3_600
        met_at[chosen] = met_on * DAY + seconds
    created_at = np.minimum(met_at + lag, calendar.end - 1)
    order = np.lexsort((met_at, created_at))
    return source[order], campaign[order], met_at[order], created_at[order]


def _names(rng: Generator, company: Ints, companies: Companies) -> tuple[Texts, Texts, Texts]:
    """Kinds, names as written, and local parts of e-mail addresses."""
    count = len(company)
    abroad = (company >= 0) & (companies.country[company] != "JP")
    share = rng.random(count)
    kind = np.where(
        share < np.where(abroad, 0.85, 0.05), "western", np.where(share > 0.95, "katakana", "kanji")
    )
    pick = rng.random((count, 3))
    names, local_parts = [], []
    for each, (family_pick, given_pick, style) in zip(kind, pick.tolist(), strict=True):
        if each == "western":
            family = words.WESTERN_FAMILY_NAMES[int(family_pick * len(words.WESTERN_FAMILY_NAMES))]
            given = words.WESTERN_GIVEN_NAMES[int(given_pick * len(words.WESTERN_GIVEN_NAMES))]
            names.append(f"{given} {family}")
            read = (given.lower(), family.lower().replace("'", ""))
        else:
            is_kanji = each == "kanji"
            families = words.FAMILY_NAMES if is_kanji else words.KATAKANA_FAMILY_NAMES
            givens = words.GIVEN_NAMES if is_kanji else words.KATAKANA_GIVEN_NAMES
            family, family_read = families[int(family_pick * len(families))]
            given, given_read = givens[int(given_pick * len(givens))]
            names.append(f"{family} {given}")
            read = (given_read, family_read)
        forms = (f"{read[0]}.{read[1]}", f"{read[1]}.{read[0]}", f"{read[0][0]}.{read[1]}")
        local_parts.append(forms[int(style * 3)])
    return texts(kind.tolist()), texts(names), texts(local_parts)


def _emails(
    rng: Generator, mail_kind: Texts, company: Ints, companies: Companies, local_part: Texts
) -> Texts:
    """Addresses that no two persons share; a namesake gets a number."""
    free = draw(rng, words.FREE_MAIL, len(company), [0.5, 0.25, 0.15, 0.1])
    domains = np.where(mail_kind == "company", companies.domain[company], free)
    taken: dict[str, int] = {}
    emails: list[str | None] = []
    for kind, local, domain in zip(mail_kind, local_part, domains, strict=True):
        address = f"{local}@{domain}"
        taken[address] = taken.get(address, 0) + 1
        number = str(taken[address]) if taken[address] > 1 else ""
        emails.append(None if kind == "none" else f"{local}{number}@{domain}")
    return texts(emails)


def _phones(rng: Generator, company: Ints, full_name: Texts, email: Texts) -> tuple[Texts, Flags]:
    """Own numbers, and main numbers that colleagues share; namesakes never share one."""
    count = len(company)
    kind = draw(rng, ["mobile", "direct", "main", None], count, [0.46, 0.16, 0.14, 0.24])
    kind[(email == None) & chance(rng, 0.6, count)] = "mobile"  # noqa: E711 - elementwise
    own = rng.choice(100_000_000, count, replace=False)
    taken: set[tuple[str, str]] = set()
    phones: list[str | None] = []
    for each, number, employer, name in zip(kind, own.tolist(), company, full_name, strict=True):
        digits = f"{number:08d}"
        phone = None
        if each == "mobile":
            phone = f"{('090', '080', '070')[number % 3]}-{digits[:4]}-{digits[4:]}"
        elif each == "direct":
            phone = f"03-{digits[:4]}-{digits[4:]}"
        elif each is None and number % 30 == 0:
            phone = words.NO_PHONES[number % len(words.NO_PHONES)]
        elif each == "main" and employer >= 0:
            phone = f"06-{employer // 10_000:04d}-{employer % 10_000:04d}"
            phone = None if (phone, name) in taken else phone
        if phone and phone not in words.NO_PHONES:
            taken.add((phone, name))
        phones.append(phone)
    return texts(phones), (kind == "mobile") | (kind == "direct")


def _written(
    table: tuple[tuple[str, str, float, float], ...], index: Ints, language: Ints
) -> Texts:
    return texts([table[row][column] or None for row, column in zip(index, language, strict=True)])


def _countries(rng: Generator, company: Ints, companies: Companies) -> Texts:
    country = np.where(company >= 0, companies.country[company], "JP")
    spelling = draw(rng, ["JP", "Japan", "日本", None], len(company), [0.7, 0.15, 0.1, 0.05])
    return np.where(country == "JP", spelling, country)


def _is_excluded(company: Ints, companies: Companies, title: Ints) -> Flags:
    decides = np.array([row[3] for row in words.JOB_TITLES])[title]
    is_competitor = np.isin(companies.domain, words.COMPETITORS)
    is_excluded: Flags = (decides == 0.0) | ((company >= 0) & is_competitor[company])
    return is_excluded


def _fit(
    rng: Generator, company: Ints, companies: Companies, title: Ints, department: Ints
) -> Floats:
    decides = np.array([row[3] for row in words.JOB_TITLES])[title]
    uses = np.array([row[3] for row in words.DEPARTMENTS])[department]
    need = np.where(company >= 0, companies.need[company], 0.2)
    size = np.clip(np.log10(companies.employees[company]) / 4.0, 0.0, 1.0)
    tier = np.where((company >= 0) & (companies.tier[company] != "none"), 0.15, 0.0)
    fit = 0.35 * need + 0.2 * uses + 0.25 * decides + 0.2 * size * (company >= 0) + tier
    student = decides == 0.0
    return np.clip(np.where(student, 0.02, fit) + rng.normal(0.0, 0.05, len(fit)), 0.0, 1.0)
