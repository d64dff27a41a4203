"""The rows that broke the contract: all of a home, or those of the last run."""

from pathlib import Path

from orchestration.console import command_hint
from orchestration.home import lock
from pipelines.database import open_database
from pipelines.errors import UsageError
from pipelines.load import QuarantinedRow
from pipelines.settings import PLAIN
from pipelines.sql import literal

COLUMNS = """
    select column_name
    from duckdb_columns()
    where schema_name = 'raw' and table_name = 'quarantine'
"""
# rows of one load share their instant
NEWEST_FIRST = """
    select "row", feed, file, row_number, reason, {source} as source
    from raw.quarantine
    order by quarantined_at desc, feed, source, file, _delivery desc, row_number, reason
    limit ?
"""


def quarantined_rows(home: Path, limit: int) -> str:
    """File with feed and source, row number, reason and row as JSON, the newest delivery first.

    Raises UsageError if nothing was loaded yet, and HomeLockedError during a run.
    """
    warehouse = home / "warehouse.duckdb"
    if not warehouse.is_file():
        raise _nothing_loaded(home)
    with (
        lock.reading(home),
        open_database(warehouse, read_only=True) as connection,
    ):
        columns = connection.execute(COLUMNS).fetchall()
        if not columns:
            raise _nothing_loaded(home)
        # a home that was last loaded before version 0.4 has one source, and no column for it
        source = "source" if ("source",) in columns else literal(PLAIN)
        rows = connection.execute(NEWEST_FIRST.format(source=source), [limit]).fetchall()
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
