"""What the warehouse holds at the moment of judging."""

from duckdb import DuckDBPyConnection

Tables = dict[str, dict[str, str]]


def tables_of(connection: DuckDBPyConnection) -> Tables:
    """Column types by column, by `schema.table`."""
    found: Tables = {}
    for schema, table, column, kind in connection.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns"
    ).fetchall():
        found.setdefault(f"{schema}.{table}", {})[column] = kind
    return found
