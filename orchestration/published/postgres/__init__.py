"""`funnel publish --to postgres://...`: the published marts for tools without a DuckDB driver."""

from pathlib import Path

from orchestration.console import say
from orchestration.published.postgres.address import Address, connect
from orchestration.published.postgres.copying import copy_table
from orchestration.published.postgres.swapping import Swap
from orchestration.published.reading import open_published, published_tables

__all__ = ["publish_to_postgres"]


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
