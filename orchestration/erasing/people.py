"""Who is meant, and everything by which that person is recognised in rows and files."""

from collections.abc import Iterable
from typing import Any

from duckdb import DuckDBPyConnection
from pydantic import BaseModel, ConfigDict

from orchestration.reports.explain_queries import PERSON
from pipelines.feeds import FEEDS
from pipelines.personal.erased import hash_of, name_of
from pipelines.personal.spellings import address_of, name_forms, phone_of, words_in

WITH_ADDRESS = [feed.name for feed in FEEDS if "email" in feed.column_names]
# a shorter id is looked for in columns alone, since any text may hold it by chance
LEAST_ID = 6

LEADS_OF_PERSON = "select lead_id from intermediate.int_lead_persons where person_id = $person"
# as rules have it, these texts name nobody
NOBODY = 'select lower(trim(value)) from rules.placeholders where "column" = $column'
# of an address that is of somebody else now, that person is the reader
ADDRESSES = f"""
    select normalized_email from intermediate.int_email_persons where person_id = $person
    union
    select address
    from (select lead_id, {address_of("email")} as address from raw.leads)
    where lead_id in (select unnest($leads)) and regexp_matches(address, '^[^@]+@[^@]*[.][^@]*$')
        and address not in (
            select normalized_email from intermediate.int_email_persons
            where person_id is distinct from $person
        )
        and address not in (
            select {address_of("email")} from raw.leads
            where email is not null and lead_id not in (select unnest($leads))
        )
        and address not in ({NOBODY})
"""
REACH = f"""
    select distinct digits, name
    from (
        select {phone_of("phone")} as digits, {name_of("full_name")} as name,
            lower(trim(phone)) in ({NOBODY}) as is_nobody
        from raw.leads
        where lead_id in (select unnest($leads))
    )
    where digits is not null and is_nobody is not true
"""
SHARED_PHONES = f"""
    select distinct {phone_of("phone")}
    from raw.leads
    where phone is not null and lead_id not in (select unnest($leads))
"""
NAMES = f"""
    with forms as (
        select lead_id in (select unnest($leads)) as is_own, full_name,
            {name_forms("words")} as forms
        from (
            select lead_id, full_name, {words_in("lower(nfkc(full_name))")} as words
            from raw.leads
            where full_name is not null
        )
    ),
    others as (select unnest(forms) as form from forms where not is_own)
    select distinct full_name
    from forms
    where is_own and len(forms) > 0
        and not coalesce(list_has_any(forms, (select list(form) from others)), false)
"""
SPELLINGS = """
    select distinct email, phone from raw.leads where lead_id in (select unnest($leads))
"""
HANDOFFS = "select handoff_id from marts.fct_handoffs where person_id = $person"
BROWSERS = """
    select anonymous_id
    from intermediate.int_browsers
    where only_person_id = $person and not is_shared
"""
SHARED_EVENTS = """
    select event_id
    from intermediate.int_web_events
    where person_id = $person and is_stitched
        and anonymous_id not in (select unnest($browsers))
"""


class Person(BaseModel):
    """One person: ids of lead records, addresses in one spelling, and what else names it alone.

    `reach` holds telephone and name together, `phones` and `names` what nobody else has;
    `browsers` are the cookies of this person alone, `events` stitched ones of shared cookies,
    `handoffs` name its hand-offs in marts and exports.
    `spellings` are addresses and telephones as they were typed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str | None = None
    leads: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    reach: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    browsers: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    handoffs: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()

    def hashes(self, secret: str) -> list[str]:
        """The salted hashes by which rows of this person are recognised."""
        return [
            *(hash_of(secret, "lead", value) for value in self.leads),
            *(hash_of(secret, "address", value) for value in self.addresses),
            *(hash_of(secret, "phone", value) for value in self.phones),
            *(hash_of(secret, "reach", value) for value in self.reach),
            *(hash_of(secret, "browser", value) for value in self.browsers),
            *(hash_of(secret, "event", value) for value in self.events),
        ]

    @property
    def ids(self) -> list[str]:
        """What no column may hold once the person is erased, and no key of an exported row."""
        return [*self.leads, *self.browsers, *self.handoffs]

    @property
    def tokens(self) -> list[str]:
        """Texts that no file may hold once the person is erased, in lower case."""
        ids = (one for one in (*self.leads, *self.browsers) if len(one) >= LEAST_ID)
        texts = (*self.addresses, *self.phones, *self.names, *self.spellings, *ids)
        return sorted({text.strip().lower() for text in texts})


def find_person(warehouse: DuckDBPyConnection, wanted: str) -> Person | None:
    """Whom a person_id, a lead_id or an address in any spelling means; None for nobody known.

    The warehouse holds a complete build and knows `nfkc`.
    """
    found = warehouse.execute(PERSON, {"wanted": wanted}).fetchone()
    person = str(found[0]) if found else None
    leads = _texts(warehouse, LEADS_OF_PERSON, person=person)
    given = _texts(warehouse, f"select {address_of('$wanted::varchar')}", wanted=wanted)
    extra = []
    if person is None:
        is_lead = "select distinct lead_id from raw.leads where lead_id = $wanted"
        leads = _texts(warehouse, is_lead, wanted=wanted)
        if not leads:
            extra = [one for one in given if _is_delivered(warehouse, one)]
            if not extra:
                return None
    known: dict[str, Any] = {"person": person, "leads": leads}
    addresses = {*_texts(warehouse, ADDRESSES, **known, column="email"), *extra}
    reach = warehouse.execute(REACH, {"leads": leads, "column": "phone"}).fetchall()
    shared = {*_texts(warehouse, SHARED_PHONES, leads=leads)}
    phones = {digits for digits, _ in reach} - shared
    browsers = _texts(warehouse, BROWSERS, person=person)
    typed = [
        text
        for email, phone in warehouse.execute(SPELLINGS, {"leads": leads}).fetchall()
        for text in (
            email if _first(warehouse, address_of("$text::varchar"), email) in addresses else None,
            phone if _first(warehouse, phone_of("$text::varchar"), phone) in phones else None,
        )
        if text
    ]
    return Person(
        person_id=person,
        leads=_sorted(leads),
        addresses=_sorted(addresses),
        phones=_sorted(phones),
        reach=_sorted(f"{digits}|{name}" for digits, name in reach if name),
        names=_sorted(_texts(warehouse, NAMES, leads=leads)),
        browsers=_sorted(browsers),
        handoffs=_sorted(_texts(warehouse, HANDOFFS, person=person)),
        events=_sorted(_texts(warehouse, SHARED_EVENTS, person=person, browsers=browsers)),
        spellings=_sorted(typed),
    )


def _is_delivered(warehouse: DuckDBPyConnection, address: str) -> bool:
    """Whether some row has the address, which leads to no lead."""
    rows = " union all ".join(
        f"select 1 from raw.{name} where {address_of('email')} = $address" for name in WITH_ADDRESS
    )
    return warehouse.execute(f"{rows} limit 1", {"address": address}).fetchone() is not None


def _first(warehouse: DuckDBPyConnection, expression: str, text: str | None) -> object:
    row = warehouse.execute(f"select {expression}", {"text": text}).fetchone()
    return row[0] if row else None


def _texts(warehouse: DuckDBPyConnection, query: str, **values: object) -> list[str]:
    return [str(one) for (one,) in warehouse.execute(query, values).fetchall() if one is not None]


def _sorted(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*texts}))
