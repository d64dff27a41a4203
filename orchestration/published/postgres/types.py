"""DuckDB's column types in PostgreSQL, and how their values travel as CSV."""

import re

from orchestration.published.reading import Column, PublishedTable
from pipelines.errors import FunnelError
from pipelines.sql import identifier

SAME_VALUES = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "UTINYINT": "smallint",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
AS_TEXT = {
    "UBIGINT": "numeric(20, 0)",
    "HUGEINT": "numeric(39, 0)",
    "UHUGEINT": "numeric(39, 0)",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "TIME": "time",
    "UUID": "uuid",
    "JSON": "jsonb",
}
DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


def postgres_type(table: PublishedTable, column: Column) -> str:
    """PostgreSQL's type for a column; raises FunnelError for a type that it does not have."""
    if column.type == "VARCHAR":
        return "text"
    decimal = DECIMAL.fullmatch(column.type)
    if decimal:
        return f"numeric({decimal[1]}, {decimal[2]})"
    known = SAME_VALUES.get(column.type) or AS_TEXT.get(column.type)
    if known is None:
        raise FunnelError(
            f"{table.name}.{column.name} has type {column.type}, which funnel publish cannot copy"
        )
    return known


def travelling(column: Column) -> str:
    """The expression that reads a column so that its CSV is PostgreSQL's as well."""
    name = identifier(column.name)
    if column.type == "VARCHAR":
        # the one character that PostgreSQL's text cannot hold
        return f"replace({name}, chr(0), '') as {name}"
    if column.type in SAME_VALUES:
        return name
    return f"{name}::varchar as {name}"
