"""Lead records: one per person, and further ones for people whom the CRM got to know twice."""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.calendar import DAY, HOUR, Calendar
from pipelines.simulate.companies import Companies
from pipelines.simulate.drawing import NONE, Flags, Generator, Ints, Texts, stream, texts
from pipelines.simulate.people import People
from pipelines.simulate.spelling import other_email, other_name, other_phone
from pipelines.simulate.vocabulary import NO_COMPANIES

DUPLICATE_SHARE = 0.075
_ROLES = ("same_mail", "same_phone", "merged", "chain")
_ROLE_SHARES = (0.5, 0.22, 0.14, 0.14)


@dataclass(frozen=True, slots=True)
class Leads:
    """One entry per lead id, in the order of the ids; texts as they stand at the end.

    `role` is `first` for the record that sales works with, else why the record is the same person.
    `merged_into` is the record's index, -1 for none; `deleted_at` is -1 for never. What is merged
    and deleted leads to the record that it was merged into.
    """

    lead_id: Texts
    person: Ints
    role: Texts
    created_at: Ints
    deleted_at: Ints
    email: Texts
    full_name: Texts
    phone: Texts
    company_name: Texts
    merged_into: Ints

    @property
    def count(self) -> int:
        return len(self.lead_id)

    @property
    def is_first(self) -> Flags:
        is_first: Flags = self.role == "first"
        return is_first

    def first_of_person(self) -> Ints:
        """Index of the first record of each person."""
        first = np.flatnonzero(self.is_first)
        found = np.empty(len(first), dtype=np.int64)
        found[self.person[first]] = first
        return found


@dataclass(frozen=True, slots=True)
class _Record:
    person: int
    role: str
    created_at: int
    email: str | None
    full_name: str | None
    phone: str | None


def build_leads(
    seed: int, calendar: Calendar, people: People, companies: Companies, count: int
) -> Leads:
    """`count` lead records for the people; the rest of them are duplicates."""
    rng = stream(seed, "duplicates")
    records = [
        _Record(person, "first", *rest)
        for person, rest in enumerate(
            zip(
                people.created_at.tolist(),
                people.email,
                people.full_name,
                people.phone,
                strict=True,
            )
        )
    ]
    for person in rng.permutation(np.flatnonzero(people.deleted_at < 0)).tolist():
        if len(records) >= count:
            break
        records += _duplicates(rng, calendar, people, person, count - len(records))
    created_at = np.array([record.created_at for record in records], dtype=np.int64)
    order = np.lexsort((rng.random(len(records)), created_at))
    return _arranged(rng, calendar, people, companies, [records[each] for each in order])


def _arranged(
    rng: Generator,
    calendar: Calendar,
    people: People,
    companies: Companies,
    records: list[_Record],
) -> Leads:
    person = np.array([record.person for record in records], dtype=np.int64)
    role = texts([record.role for record in records])
    created_at = np.array([record.created_at for record in records], dtype=np.int64)
    first = np.empty(people.count, dtype=np.int64)
    first[person[role == "first"]] = np.flatnonzero(role == "first")
    tidied_at = created_at + rng.integers(1, 30, len(records)) * DAY
    is_tidied = (role == "same_mail") & (rng.random(len(records)) < 0.1)
    # most CRMs delete a record that they merge into another
    is_tidied |= (role == "merged") & (rng.random(len(records)) < 0.6)
    is_tidied &= tidied_at < calendar.end
    company = people.company[person]
    nothing = texts(NO_COMPANIES)[person % len(NO_COMPANIES)]
    without = np.where(person % 5 == 1, nothing, NONE)
    names = np.where(company >= 0, companies.name[company], without)
    other = texts([_shorter(name) for name in names])
    return Leads(
        lead_id=texts([f"L{number:06d}" for number in range(1, len(records) + 1)]),
        person=person,
        role=role,
        created_at=created_at,
        deleted_at=np.where(
            role == "first", people.deleted_at[person], np.where(is_tidied, tidied_at, -1)
        ),
        email=texts([record.email for record in records]),
        full_name=texts([record.full_name for record in records]),
        phone=texts([record.phone for record in records]),
        company_name=np.where(role == "first", names, other),
        merged_into=np.where(role == "merged", first[person], -1),
    )


def _duplicates(
    rng: Generator, calendar: Calendar, people: People, person: int, room: int
) -> list[_Record]:
    """One further record of the person, or two that only together lead back to it."""
    email, phone = people.email[person], people.phone[person]
    role = str(rng.choice(_ROLES, p=_ROLE_SHARES))
    style = int(rng.integers(0, 12))
    created_at = _created(rng, calendar, int(people.created_at[person]), role)
    local, _, domain = (email or f"person{person}@icloud.com").partition("@")
    name = other_name(people.full_name[person], people.kind[person], style)
    by_phone = phone is not None and bool(people.has_own_phone[person])
    if role == "same_mail" and email:
        written = other_email(email, style)
        return [_Record(person, role, created_at, written, name if style % 2 else None, None)]
    if role == "same_phone" and by_phone:
        private = f"{local}-home{person}@icloud.com" if style % 2 else None
        return [_Record(person, role, created_at, private, name, other_phone(phone, style))]
    if role == "chain" and by_phone and room >= 2:
        private = f"{local}-private{person}@gmail.com"
        later = min(created_at + int(rng.integers(1, 40)) * DAY, calendar.end - 1)
        return [
            _Record(person, role, created_at, private, name, other_phone(phone, style)),
            _Record(person, role, later, other_email(private, style), None, None),
        ]
    old = f"{local}-old@{domain}"
    return [_Record(person, "merged", created_at, old, people.full_name[person], None)]


def _created(rng: Generator, calendar: Calendar, created_at: int, role: str) -> int:
    """Mostly later than the first record; some a bit earlier, some in the very same second."""
    share = rng.random()
    if role == "same_mail" and share < 0.15:
        return created_at
    if share < 0.25:
        return max(0, created_at - int(rng.integers(1, 20 * 24)) * HOUR)
    return min(created_at + int(rng.random() * (calendar.end - created_at)), calendar.end - 1)


def _shorter(name: str | None) -> str | None:
    return name and name.replace("株式会社", "").replace("㈱", "").strip()
