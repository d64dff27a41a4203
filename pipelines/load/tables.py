"""The raw tables as the warehouse has them, without dlt's own columns."""

from pipelines.feeds import Feed
from pipelines.load.typed import SQL_TYPES
from pipelines.settings import PLAIN
from pipelines.sql import identifier

LOAD_ID = {"_dlt_load_id": "VARCHAR"}
SOURCE = "source"
LINEAGE = {
    "_file": "VARCHAR",
    "_delivery": "INTEGER",
    "_row_number": "BIGINT",
    "_is_replaced": "BOOLEAN",
    "_keeps_first": "BOOLEAN",
    "_source": "VARCHAR",
    "_id_prefix": "VARCHAR",
}
QUARANTINE = {
    "feed": "VARCHAR",
    "file": "VARCHAR",
    "row_number": "BIGINT",
    "row": "VARCHAR",
    "reason": "VARCHAR",
    "quarantined_at": "TIMESTAMP",
    "_delivery": "INTEGER",
    SOURCE: "VARCHAR",
}
# rows_loaded and rows_replaced are null until the load is settled; rows_erased are not in rows_read
LOAD_AUDIT = {
    "feed": "VARCHAR",
    "file": "VARCHAR",
    "rows_read": "BIGINT",
    "rows_loaded": "BIGINT",
    "rows_replaced": "BIGINT",
    "rows_quarantined": "BIGINT",
    "rows_erased": "BIGINT",
    "loaded_at": "TIMESTAMP",
    "_delivery": "INTEGER",
    SOURCE: "VARCHAR",
}
# what rows get that were loaded when all of a home was one source
DEFAULTS = {SOURCE: PLAIN, "_source": PLAIN, "rows_erased": "0"}


def raw_columns(feed: Feed) -> dict[str, str]:
    """Column names and DuckDB types of a feed's table."""
    return {column.name: SQL_TYPES[column.type] for column in feed.raw_columns} | LINEAGE


def with_load_id(columns: dict[str, str]) -> dict[str, str]:
    """The columns as the warehouse has them: the source of a file stays the last one."""
    last = {SOURCE: columns[SOURCE]} if SOURCE in columns else {}
    return {name: columns[name] for name in columns if name not in last} | LOAD_ID | last


def names(columns: dict[str, str]) -> str:
    """The column names as a SQL list."""
    return ", ".join(map(identifier, columns))


def definition(columns: dict[str, str]) -> str:
    """The columns of a create table statement."""
    return ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
