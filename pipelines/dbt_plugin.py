"""Gives dbt's DuckDB connection the functions that the models share with the loader."""

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from pipelines.database import register_functions


class Plugin(BasePlugin):
    """Named in `profiles.yml`; dbt-duckdb looks for a class of this name."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        register_functions(conn)
