"""No text that is published or written beside holds an address, number or name of the home."""

from collections.abc import Iterator, Mapping

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.limits import Limits
from expectations.suite import Suite, improbable
from expectations.written import NAME, TABLE
from pipelines.feeds import FEEDS
from pipelines.personal import spellings
from pipelines.personal.columns import MARTS, Holds, holds

# whose names are meant to be read
NAMED_ON_PURPOSE: tuple[Holds, ...] = ("staff",)
SEARCHED: tuple[Holds, ...] = ("text", "staff")
LEADS = "raw.leads"
WRITTEN = f"main.{NAME}"
WITH_ADDRESS = [f"raw.{feed.name}" for feed in FEEDS if "email" in feed.column_names]


def suites(tables: Mapping[str, Mapping[str, str]], limits: Limits) -> Iterator[Suite]:
    """One suite on all texts of all marts, one on those that stand beside them.

    `tables` gives types of columns by `schema.table`.
    """
    places = [
        (table, column)
        for table, columns in tables.items()
        if table.startswith("marts.")
        for column, kind in columns.items()
        if kind == "VARCHAR" and holds(column) in SEARCHED
    ]
    if LEADS not in tables:
        return
    asked = [table for table in WITH_ADDRESS if table in tables]
    if places:
        yield Suite(
            name="known_people",
            table="dim_leads",
            needs=(LEADS, *asked, *dict.fromkeys(table for table, _ in places)),
            query=_query(_published(places), asked),
            keys=("mart", "column_name"),
            expectations=_none_of(limits, "no published text holds {}"),
        )
    if WRITTEN in tables:
        yield Suite(
            name="known_people_written",
            table="dim_leads",
            needs=(LEADS, *asked, WRITTEN),
            query=_query(_written(), asked),
            keys=("mart", "column_name"),
            expectations=_none_of(
                limits,
                "no gate report, log or event of Dagster holds {}; delete the files of the"
                " folder that is named",
            ),
        )


def _none_of(limits: Limits, says: str) -> list[Expectation]:
    return [
        improbable(
            limits["marts.known_addresses"],
            gxe.ExpectColumnValuesToBeBetween,
            "no_known_addresses",
            says.format("an e-mail address of the home, however it is spelt"),
            column="addresses",
            max_value=0,
        ),
        improbable(
            limits["marts.known_phones"],
            gxe.ExpectColumnValuesToBeBetween,
            "no_known_phones",
            says.format("a telephone number of a lead, however it is spelt"),
            column="phones",
            max_value=0,
        ),
        improbable(
            limits["marts.known_names"],
            gxe.ExpectColumnValuesToBeBetween,
            "no_known_names",
            says.format("the full name of a lead"),
            column="names",
            max_value=0,
        ),
    ]


def _published(places: list[tuple[str, str]]) -> str:
    return " union all ".join(
        f"select distinct '{table.removeprefix('marts.')}' as mart, '{column}' as column_name,"
        f" {holds(column) in NAMED_ON_PURPOSE} as is_named, {column} as text"
        f" from {table} where {column} is not null"
        for table, column in places
    )


def _written() -> str:
    named = ", ".join(f"'{name}'" for name, one in MARTS.items() if one.holds in NAMED_ON_PURPOSE)
    return (
        f"select place as mart, name as column_name, name in ({named}) as is_named, text"
        f" from {TABLE}"
    )


def _query(texts: str, with_address: list[str]) -> str:
    """Distinct texts by mart and column, and how many of them hold what is known of a person.

    What may be one is picked out of the few distinct texts; only then the many raw rows are asked.
    """
    addresses = " union all ".join(
        f"select {spellings.address_of('email')} as value from (select distinct email from {table})"
        for table in with_address
    )
    name_words = spellings.words_in("lower(nfkc(full_name))")
    return f"""
        with texts as materialized (
            {texts}
        ),
        each_text as materialized (
            select text, plain, {spellings.words_in("plain")} as words
            from (
                select text, {spellings.plain("text")} as plain
                from (select distinct text from texts)
            )
        ),
        maybe_addresses as materialized (
            select text, unnest({spellings.addresses_in("plain")}) as value from each_text
        ),
        maybe_phones as materialized (
            select text, unnest({spellings.phones_in("plain")}) as value from each_text
        ),
        maybe_names as materialized (
            select text, unnest({spellings.names_in("words")}) as value from each_text
        ),
        addresses as (
            select value from ({addresses}) where value in (select value from maybe_addresses)
        ),
        phones as (
            select {spellings.phone_of("phone")} as value from (select distinct phone from {LEADS})
        ),
        names as (
            select unnest({spellings.name_forms("words")}) as value
            from (
                select {name_words} as words from (select distinct full_name from {LEADS})
            )
        ),
        found as (
            select
                text,
                text in (
                    select text from maybe_addresses where value in (select value from addresses)
                ) as has_address,
                text in (
                    select text from maybe_phones
                    where value in (select value from phones where value is not null)
                ) as has_phone,
                text in (
                    select text from maybe_names where value in (select value from names)
                ) as has_name
            from each_text
        )
        select
            texts.mart,
            texts.column_name,
            count(*) filter (where found.has_address) as addresses,
            count(*) filter (where found.has_phone) as phones,
            count(*) filter (where found.has_name and not texts.is_named) as names
        from texts
        inner join found on texts.text = found.text
        group by texts.mart, texts.column_name
        order by texts.mart, texts.column_name
    """
