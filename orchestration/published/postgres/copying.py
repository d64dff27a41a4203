"""One table at a time: types and comments, then its rows as a stream of CSV batches."""

import re
from io import BytesIO

import duckdb
import psycopg
import pyarrow.csv
from psycopg import sql

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
ROWS_AT_ONCE = 20_000
# an unquoted blank is null, a quoted one an empty text, on both sides
WRITING = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")


def copy_table(
    published: duckdb.DuckDBPyConnection,
    server: psycopg.Connection,
    table: PublishedTable,
    schema: str,
) -> int:
    """Create the table in the schema, fill and describe it; returns its rows.

    Raises FunnelError if PostgreSQL does not hold as many rows as the published file.
    """
    target = sql.Identifier(schema, table.name)
    _create(server, table, target)
    _fill(published, server, table, target)
    expected = _counted(published.execute(f"select count(*) from main.{table.identifier}"))
    arrived = _counted(server.execute(sql.SQL("select count(*) from {}").format(target)))
    if arrived != expected:
        raise FunnelError(f"{table.name}: {arrived} rows arrived of {expected}; nothing swapped")
    server.execute(sql.SQL("analyze {}").format(target))
    return expected


def _counted(result: duckdb.DuckDBPyConnection | psycopg.Cursor) -> int:
    row = result.fetchone()
    assert row is not None
    return int(row[0])


def _create(server: psycopg.Connection, table: PublishedTable, target: sql.Identifier) -> None:
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(postgres_type(table, column)))
        for column in table.columns
    )
    server.execute(sql.SQL("create table {} ({})").format(target, columns))
    if table.comment:
        server.execute(
            sql.SQL("comment on table {} is {}").format(target, sql.Literal(table.comment))
        )
    for column in table.columns:
        if column.comment:
            name = sql.SQL("{}.{}").format(target, sql.Identifier(column.name))
            server.execute(
                sql.SQL("comment on column {} is {}").format(name, sql.Literal(column.comment))
            )


def _fill(
    published: duckdb.DuckDBPyConnection,
    server: psycopg.Connection,
    table: PublishedTable,
    target: sql.Identifier,
) -> None:
    columns = ", ".join(map(csv_expression, table.columns))
    batches = published.execute(f"select {columns} from main.{table.identifier}").to_arrow_reader(
        ROWS_AT_ONCE
    )
    # freeze: a reader whose snapshot is older than the swap would else find new tables empty
    statement = sql.SQL("copy {} from stdin (format csv, freeze)").format(target)
    with server.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in batches:
            text = BytesIO()
            pyarrow.csv.write_csv(batch, text, WRITING)
            copy.write(text.getbuffer())


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


def csv_expression(column: Column) -> str:
    """The expression that reads a column so that its CSV is PostgreSQL's as well."""
    name = identifier(column.name)
    if column.type == "VARCHAR":
        # the one character that PostgreSQL's text cannot hold
        return f"replace({name}, chr(0), '') as {name}"
    if column.type in SAME_VALUES:
        return name
    return f"{name}::varchar as {name}"
