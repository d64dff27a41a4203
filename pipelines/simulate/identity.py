"""Guard: the lead records must tell the planned persons apart, or the plan itself is wrong."""

import re
import unicodedata
from collections.abc import Iterator

import numpy as np

from pipelines.simulate.duplicates import Leads
from pipelines.simulate.leads import Versions
from pipelines.simulate.vocabulary import NO_PHONES


class AmbiguousPlanError(RuntimeError):
    """Two planned persons share what identifies them, or one cannot be recognised as one."""


def normalized_email(text: str | None) -> str | None:
    """The contract's e-mail address."""
    address = unicodedata.normalize("NFKC", text or "").strip().lower()
    local, _, domain = address.partition("@")
    return address if local and "." in domain and "@" not in domain else None


def normalized_phone(text: str | None) -> str | None:
    """The contract's phone number."""
    number = "".join(unicodedata.normalize("NFKC", text or "").split())
    if number.startswith("+81"):
        rest = number.removeprefix("+81").lstrip("(").removeprefix("0")
        number = f"0{rest}"
    digits = "".join(each for each in number if each.isdigit())
    return digits if len(digits) >= 9 else None


def normalized_name(text: str | None) -> str | None:
    """The contract's name."""
    return "".join(unicodedata.normalize("NFKC", text or "").lower().split()) or None


def normalized_company(text: str | None, forms: tuple[str, ...]) -> str | None:
    """The contract's company name."""
    known = {unicodedata.normalize("NFKC", form).lower() for form in forms}
    at_the_end = {form for form in known if form.isascii() and form.isalpha()}
    name = unicodedata.normalize("NFKC", text or "").lower()
    anywhere = sorted(known - at_the_end, key=len, reverse=True)
    name = re.sub("|".join(map(re.escape, anywhere)), "", name) if anywhere else name
    words = re.findall(r"[^\W_]+", name)
    while len(words) > 1 and words[-1] in at_the_end:
        words.pop()
    return "".join(words) or None


def check_persons(leads: Leads, versions: Versions) -> None:
    """Link the current versions as the contract says; raise AmbiguousPlanError at a difference."""
    current = np.flatnonzero(versions.is_current & (versions.columns["is_deleted"] == False))  # noqa: E712
    parent = {int(versions.lead[row]): int(versions.lead[row]) for row in current}

    def root(lead: int) -> int:
        while parent[lead] != lead:
            parent[lead] = parent[parent[lead]]
            lead = parent[lead]
        return lead

    by_id = {leads.lead_id[lead]: lead for lead in parent}
    seen: dict[object, int] = {}
    for row in current.tolist():
        lead = int(versions.lead[row])
        for key in _keys(versions, row):
            parent[root(lead)] = root(seen.setdefault(key, lead))
        pointer = by_id.get(versions.columns["merged_into_lead_id"][row])
        if pointer is not None:
            parent[root(lead)] = root(pointer)
    person_of_root: dict[int, int] = {}
    root_of_person: dict[int, int] = {}
    for lead in parent:
        person, found = int(leads.person[lead]), root(lead)
        planned = person_of_root.setdefault(found, person) == person
        if not planned or root_of_person.setdefault(person, found) != found:
            raise AmbiguousPlanError(f"lead {leads.lead_id[lead]} is not who it was planned to be")


def _keys(versions: Versions, row: int) -> Iterator[object]:
    columns = versions.columns
    email = normalized_email(columns["email"][row])
    if email:
        yield email
    written = columns["phone"][row]
    phone = None if written in NO_PHONES else normalized_phone(written)
    name = normalized_name(columns["full_name"][row])
    if phone and name:
        yield phone, name
