"""The rows that broke the contract: all of a home, or those of the last run."""

from pathlib import Path

import duckdb

from orchestration.console import command_hint
from orchestration.home import lock
from pipelines.errors import UsageError
from pipelines.load import QuarantinedRow

IS_LOADED = """
    select count(*) > 0 from duckdb_tables() where schema_name = 'raw' and table_name = 'quarantine'
"""
# rows of one load share their instant
NEWEST_FIRST = """
    select "row", feed, file, row_number, reason
    from raw.quarantine
    order by quarantined_at desc, feed, file, _delivery desc, row_number, reason
    limit ?
"""


def quarantined_rows(home: Path, limit: int) -> str:
    """Feed, file, row number, reason and the row as JSON, those of the newest delivery first.

    Raises UsageError if nothing was loaded yet, and HomeLockedError during a run.
    """
    warehouse = home / "warehouse.duckdb"
    if not warehouse.is_file():
        raise _nothing_loaded(home)
    with (
        lock.reading(home),
        duckdb.connect(str(warehouse), read_only=True) as connection,
    ):
        if connection.execute(IS_LOADED).fetchone() != (True,):
            raise _nothing_loaded(home)
        rows = connection.execute(NEWEST_FIRST, [limit]).fetchall()
        ((total,),) = connection.execute("select count(*) from raw.quarantine").fetchall()
    lines = []
    for row, *place in rows:
        lines.append(str(QuarantinedRow(*place)))
        if row is not None:
            lines.append(f"  {row}")
    if total > limit:
        hint = command_hint(home, f"quarantine --limit {total}")
        lines.append(f"and {total - limit:,} more: {hint}")
    return "\n".join(lines or ["no row is quarantined"])


def _nothing_loaded(home: Path) -> UsageError:
    hint = command_hint(home, "refresh")
    return UsageError(f"nothing was loaded into {home} yet; run `{hint}` first")
