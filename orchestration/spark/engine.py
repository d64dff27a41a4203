"""The seam of the engine: what a build on Spark does before dbt runs, and after.

DuckDB loads and judges files, and hands raw rows and rules on as Parquet. Spark builds the models.
What it built is brought back into the warehouse as views of its Parquet, with comments and stamps,
so that everything after a build reads the warehouse as it does after a build on DuckDB.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duckdb import DuckDBPyConnection

from orchestration.build.project import ParsedProject
from orchestration.console import say
from orchestration.spark.handing_on import hand_on
from orchestration.spark.session import open_session
from orchestration.spark.tables import SparkTable, forget_states, tables_of
from pipelines.database import connect
from pipelines.feeds import FEEDS
from pipelines.settings import Settings, Spark
from pipelines.sql import identifier, literal

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

STAMPS = "main.node_states"


def spark_folder(settings: Settings) -> Path:
    """Where Spark's tables lie, and what is handed on to it."""
    return Path(settings.spark.path) if settings.spark.path else settings.home / "spark"


def environment(settings: Settings) -> dict[str, str]:
    """What the macros of Spark are told beside what all are told."""
    return {
        "FUNNEL_HANDED_ON": str(spark_folder(settings) / "handed_on"),
        "FUNNEL_FEEDS": " ".join(feed.name for feed in FEEDS),
    }


def prepare(settings: Settings, project: ParsedProject) -> None:
    """Hand on what the models read; a session is open afterwards, which dbt takes."""
    _session(settings)
    say("handing raw rows and rules on to Spark")
    hand_on(settings, project.manifest(), spark_folder(settings) / "handed_on")


def bring_back(settings: Settings, project: ParsedProject) -> None:
    """Have the warehouse show what Spark holds: its rows, comments and stamps.

    A build that was killed left stamps on Spark that the warehouse does not know, so that a plan
    begins with this too.
    """
    nodes = {
        node["name"]: node
        for node in project.manifest()["nodes"].values()
        if node["resource_type"] in {"model", "seed"}
    }
    found = tables_of(_session(settings), _schemas(nodes))
    tables = [table for table in found if table.name in nodes]
    with connect(settings) as connection:
        connection.begin()
        connection.execute(
            f"create or replace table {STAMPS} (node varchar, state varchar, based_on varchar)"
        )
        standing = _standing(connection)
        for table in tables:
            for statement in _statements(table, nodes[table.name], standing):
                connection.execute(statement)
        connection.commit()


def forget(settings: Settings, project: ParsedProject) -> None:
    """Have all models built again."""
    nodes = {node["name"]: node for node in project.manifest()["nodes"].values()}
    forget_states(_session(settings), _schemas(nodes))


def _schemas(nodes: Mapping[str, Mapping[str, Any]]) -> set[str]:
    built = {"model", "seed"}
    return {node["schema"] for node in nodes.values() if node["resource_type"] in built}


def _session(settings: Settings) -> "SparkSession":
    return _opened(settings.spark.model_dump_json(), spark_folder(settings))


@cache
def _opened(spark: str, folder: Path) -> "SparkSession":
    return open_session(Spark.model_validate_json(spark), folder)


def _standing(connection: DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """Whether a name is that of a table or of a view."""
    kinds = {"BASE TABLE": "table", "VIEW": "view"}
    return {
        (schema, name): kinds[kind]
        for schema, name, kind in connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables"
        ).fetchall()
        if kind in kinds
    }


def _statements(
    table: SparkTable, node: Mapping[str, Any], standing: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    place = f"{identifier(table.schema)}.{identifier(table.name)}"
    yield f"create schema if not exists {identifier(table.schema)}"
    if standing.get((table.schema, table.name)) == "table":
        yield f"drop table {place}"
    if table.location:
        files = literal(f"{table.location}/*.parquet")
        rows = f"select {_columns(node)} from read_parquet({files})"
        yield f"create or replace view {place} as {rows}"
        yield from _comments(node, place)
    else:
        # a view of Spark alone; the warehouse only has to know that it stands
        yield f"create or replace view {place} as select null as built_on_spark where false"
    if table.state:
        based_on = literal(table.based_on) if table.based_on else "null"
        yield (
            f"insert into {STAMPS} values"
            f" ({literal(table.name)}, {literal(table.state)}, {based_on})"
        )


def _columns(node: Mapping[str, Any]) -> str:
    """Those of the contract with its types, or all."""
    if not node["config"].get("contract", {}).get("enforced"):
        return "*"
    return ", ".join(
        f"cast({identifier(name)} as {column['data_type']}) as {identifier(name)}"
        for name, column in node["columns"].items()
    )


def _comments(node: Mapping[str, Any], place: str) -> Iterator[str]:
    docs = node["config"].get("persist_docs") or {}
    if docs.get("relation") and node["description"]:
        yield f"comment on view {place} is {literal(node['description'])}"
    if docs.get("columns"):
        for name, column in node["columns"].items():
            text = literal(column["description"])
            yield f"comment on column {place}.{identifier(name)} is {text}"
