"""The stamps of the tables in the warehouse, which dbt writes with each table."""

from collections.abc import Mapping

import duckdb

from orchestration.build.plan import Stamp
from orchestration.home.records import NodeState
from pipelines.database import connect
from pipelines.settings import Settings

TABLE = "main.node_states"


def read_stamps(settings: Settings) -> dict[str, Stamp]:
    """The stamp of every table and view that is there, by its name."""
    with connect(settings) as connection:
        try:
            found = connection.execute(
                f"select node, state, based_on from {TABLE} where node in"
                " (select table_name from information_schema.tables)"
            )
        except duckdb.CatalogException:
            return {}
        return {node: Stamp(state, based_on) for node, state, based_on in found.fetchall()}


def forget_stamps(settings: Settings) -> None:
    """Have every table built again, whatever it stands in."""
    with connect(settings) as connection:
        connection.execute(f"drop table if exists {TABLE}")


def other_tables(settings: Settings, nodes: Mapping[str, NodeState]) -> list[str]:
    """The tables that are missing, or that stand in another state than the nodes have."""
    stamps = read_stamps(settings)
    return sorted(
        name
        for name, node in nodes.items()
        if name not in stamps or stamps[name].state != node.state
    )
