"""Who was erased: salted hashes by which the same person in a later file is not loaded again.

The hashes stand in a file of their own, which outlives the warehouse: whoever loads all files again
must not bring back who was erased.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pipelines.errors import FunnelError, move_away_hint
from pipelines.feeds import Feed
from pipelines.files import atomic_write
from pipelines.personal import spellings
from pipelines.personal.columns import RAW
from pipelines.sql import literal

FILE = "erased.json"
# lead_id, address, digits of a telephone, the latter with a name, cookie, event of a shared cookie
Kind = Literal["lead", "address", "phone", "reach", "browser", "event"]
DIGITS = 32
# in place of a text in which an erased person is named
CELL = ":erased"
# of a row as JSON, in which quotes may be escaped
WORD_OF_ROW = r"[^\s\"\\,;:{}\[\]]+"


def hash_of(secret: str, kind: Kind, value: str) -> str:
    """The hash that `hashed` computes in DuckDB."""
    return hashlib.sha256(f"{secret}{kind}:{value}".encode()).hexdigest()[:DIGITS]


def read_erased(home: Path) -> frozenset[str]:
    """The hashes of a home; none if nobody was erased. Raises FunnelError for a damaged file."""
    path = home / FILE
    try:
        hashes = json.loads(path.read_text(encoding="utf-8"))["hashes"]
        return frozenset(str(one) for one in hashes)
    except FileNotFoundError:
        return frozenset()
    except (ValueError, KeyError, TypeError):
        raise FunnelError(
            f"{path} is damaged: put its copy back; or {move_away_hint(path)}, whereupon who was"
            " erased and is in a file loads again"
        ) from None


def add_erased(home: Path, hashes: Iterable[str]) -> None:
    """Add hashes to those of a home."""
    content = {"hashes": sorted(read_erased(home) | {*hashes})}
    atomic_write(home / FILE, json.dumps(content, indent=1) + "\n")


def hashed(secret: str, kind: Kind, value: str) -> str:
    """The hash of a SQL expression; null for null."""
    return f"left(sha256({literal(secret + kind + ':')} || {value}), {DIGITS})"


def names_erased(feed: Feed, secret: str, hashes: str) -> str:
    """A condition on the typed columns of a feed: the row is of an erased person.

    `hashes` is a table with a column `hash`.
    """
    columns = {*feed.column_names}
    tests = []
    if "lead_id" in columns:
        tests.append(hashed(secret, "lead", "lead_id"))
    if "email" in columns:
        tests.append(hashed(secret, "address", spellings.address_of("email")))
    if "phone" in columns:
        reach = f"{spellings.phone_of('phone')} || '|' || {name_of('full_name')}"
        tests.append(hashed(secret, "reach", reach))
    if "anonymous_id" in columns:
        nobody = "lead_id is null and email is null"
        browser = f"case when {nobody} then anonymous_id end"
        tests.append(hashed(secret, "browser", browser))
        tests.append(hashed(secret, "event", f"case when {nobody} then event_id end"))
    found = (f"coalesce({test} in (select hash from {hashes}), false)" for test in tests)
    return f"({' or '.join(found)})" if tests else "false"


def row_names_erased(row: str, secret: str, hashes: str) -> str:
    """The same of a bad row as JSON: by the addresses in it, and by values that are a lead's id."""
    known = f"(select list(hash) from {hashes})"
    # of a line cut in the middle there are no values, but words
    words = f"regexp_extract_all({row}, '{WORD_OF_ROW}')"
    values = f"list_concat({words}, try(json_extract_string({row}, '$.*')))"
    leads = f"list_transform({values}, lambda v: {hashed(secret, 'lead', 'v')})"
    tests = (f"list_has_any({leads}, {known})", _any_named(row, secret, known))
    return f"({' or '.join(f'coalesce({test}, false)' for test in tests)})"


def texts_without_erased(feed: Feed, secret: str, hashes: str) -> dict[str, str]:
    """By text column: its value, or `:erased` if an address or telephone of an erased is in it."""
    known = f"(select list(hash) from {hashes})"
    return {
        column.name: f"case when coalesce({_any_named(column.name, secret, known)}, false)"
        f" then {literal(CELL)} else {column.name} end"
        for column in feed.raw_columns
        if column.type == "text"
        and not column.domain
        and RAW[column.name] in ("text", "staff", "company")
    }


def name_of(text: str) -> str:
    """A full name in one spelling; null if nothing is left."""
    return f"nullif(array_to_string({spellings.words_in(f'lower(nfkc({text}))')}, ''), '')"


def _any_named(text: str, secret: str, known: str) -> str:
    plain = spellings.plain(text)
    addresses = (
        f"list_transform({spellings.addresses_in(plain)}, lambda a:"
        f" {hashed(secret, 'address', 'a')})"
    )
    phones = (
        f"list_transform({spellings.phones_in(plain)}, lambda p: {hashed(secret, 'phone', 'p')})"
    )
    may_hold = f"regexp_matches({text}, '@|＠|40|64|[aA][tT]|[0-9０-９].{{7,}}[0-9０-９]')"
    return f"{may_hold} and list_has_any(list_concat({addresses}, {phones}), {known})"
