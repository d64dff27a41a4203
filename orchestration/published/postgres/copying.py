"""One table at a time, as a stream of CSV batches."""

from io import BytesIO

import duckdb
import psycopg
import pyarrow.csv
from psycopg import sql

from orchestration.published.postgres.types import postgres_type, travelling
from orchestration.published.reading import PublishedTable
from pipelines.errors import FunnelError

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
    return row[0]


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
    columns = ", ".join(map(travelling, table.columns))
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
