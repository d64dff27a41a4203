"""`funnel publish --to postgres://...`: the published marts for tools without a DuckDB driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from orchestration.console import say
from orchestration.published.postgres.copying import copy_table
from orchestration.published.postgres.swapping import Swap
from orchestration.published.reading import open_published, published_tables
from pipelines.errors import FunnelError, UsageError

FORM = "postgres://USER@HOST:PORT/DATABASE[?schema=NAME]"
DEFAULT_SCHEMA = "funnel"
LONGEST_SCHEMA = 50  # PostgreSQL cuts names at 63 bytes, and the swap adds an ending
OPTION = "schema="
OWN_SCHEMAS = ("public", "information_schema")
CONNECT_SECONDS = 10


def publish_to_postgres(home: Path, url: str) -> str:
    """Copy every published table into the schema that the URL names; returns what was done.

    Readers of the schema see the old tables until the moment of the swap, and all of the new ones
    after it. Whatever fails before leaves the schema as it was.
    """
    address = Address.parse(url)
    with open_published(home) as published, connect(address) as server:
        tables = published_tables(published)
        swap = Swap(server, address.schema)
        swap.lock()
        with server.transaction():
            swap.begin([table.name for table in tables])
            rows = {
                table.name: copy_table(published, server, table, swap.fresh) for table in tables
            }
            swap.take_over()
        swap.drop_old()
        say(f"published {len(rows)} tables, {sum(rows.values()):,} rows")
        return f"schema {address.schema} in {address.place}: {len(rows)} tables"


@dataclass(frozen=True, slots=True)
class Address:
    """`url` is what libpq takes, `place` what may be printed."""

    url: str
    schema: str
    place: str
    secrets: tuple[str, ...]

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read the URL; raises UsageError without repeating it, for it may hold a password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise UsageError(f"--to: not a URL of the form {FORM}") from None
        if parts.scheme not in {"postgres", "postgresql"}:
            raise UsageError(f"--to: expected {FORM}")
        if not parts.path.strip("/"):
            raise UsageError(f"--to: no database is named; expected {FORM}")
        base, _, query = url.partition("?")
        options = [option for option in query.split("&") if option]
        schemas = [unquote(option[len(OPTION) :]) for option in options if _is_schema(option)]
        others = [option for option in options if not _is_schema(option)]
        if not any(option.startswith("connect_timeout=") for option in others):
            others.append(f"connect_timeout={CONNECT_SECONDS}")
        cleaned = f"{base}?{'&'.join(others)}"
        try:
            known = psycopg.conninfo.conninfo_to_dict(cleaned)
        except psycopg.Error:
            raise UsageError(
                f"--to: PostgreSQL cannot read the URL; expected {FORM} and, after ?, only schema"
                " and what libpq knows (sslmode, connect_timeout, ...);"
                " special characters in a password are written as %XX"
            ) from None
        host = known.get("host") or "local server"
        place = f"{host}:{port}{parts.path}" if port else f"{host}{parts.path}"
        secrets = tuple(str(known[name]) for name in ("password", "sslpassword") if known.get(name))
        return cls(cleaned, _schema(schemas), place, secrets)

    def without_secrets(self, message: object) -> str:
        """A message of the server or of libpq with every password taken out."""
        text = " ".join(str(message).split())
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def _is_schema(option: str) -> bool:
    return option.startswith(OPTION)


def _schema(given: list[str]) -> str:
    schema = given[-1] if given else DEFAULT_SCHEMA
    if not schema or len(schema.encode()) > LONGEST_SCHEMA or "\0" in schema:
        raise UsageError(f"--to: schema must have 1 to {LONGEST_SCHEMA} characters")
    if schema in OWN_SCHEMAS or schema.startswith("pg_"):
        raise UsageError(f"--to: schema {schema} belongs to PostgreSQL; choose another")
    return schema


@contextmanager
def connect(address: Address) -> Iterator[psycopg.Connection]:
    """Connect for one publication; every error of the server becomes one message.

    Raises UsageError if the server cannot be reached or refuses the user.
    """
    try:
        connection = psycopg.connect(
            address.url, autocommit=True, application_name="funnel publish"
        )
    except psycopg.Error as error:
        raise UsageError(
            f"cannot connect to {address.place}: {address.without_secrets(error)}"
        ) from None
    try:
        with connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        raise UsageError(
            f"the user of --to is not allowed to publish: {address.without_secrets(error)}"
        ) from None
    except psycopg.Error as error:
        raise FunnelError(f"{address.place}: {address.without_secrets(error)}") from None
