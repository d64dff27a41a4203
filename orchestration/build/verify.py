"""What can be known to be wrong with a model before anything is built."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from orchestration.build.nodes import graph_of, node_states
from orchestration.build.project import (
    ParsedProject,
    dbt_arguments,
    dbt_environment,
    model_variables,
)
from orchestration.build.root import PACKAGE
from orchestration.console import say
from orchestration.home.records import read_records
from pipelines.database import connect
from pipelines.errors import UsageError
from pipelines.settings import Settings
from pipelines.sql import identifier

CONTRACT_HINT = "add its columns, each with a data_type"


def verify_models(settings: Settings, project: ParsedProject) -> None:
    """Raise UsageError for models without a contract, or that the last build's tables refuse.

    Changed models that read only unchanged ones are compiled, and their columns compared with
    their YAML; what reads these is left to the build.
    """
    nodes = {node["name"]: node for node in project.manifest()["nodes"].values()}
    errors = [
        f"{_place(project, node)}: {node['name']}.yml is missing or has no columns; {CONTRACT_HINT}"
        for node in nodes.values()
        if node["config"].get("contract", {}).get("enforced") and not node["columns"]
    ]
    # Spark compiles no model without the tables that it reads; the build checks the contracts
    if not errors and settings.engine == "duckdb":
        changed = _changed_models(settings, project)
        errors = list(_errors(settings, project, {name: nodes[name] for name in changed}))
    if errors:
        raise UsageError("\n".join(errors))


def _changed_models(settings: Settings, project: ParsedProject) -> list[str]:
    last = read_records(settings.home).build
    if last is None or last.inputs.models == project.digest:
        return []
    graph = graph_of(project)
    models = {node["name"]: node for node in project.manifest()["nodes"].values()}
    now = node_states(graph, last.inputs)
    then = {**last.nodes, **last.partial}
    changed = {
        name
        for name in graph.named("model", "seed")
        if name not in then or now[name].definition != then[name].definition
    }
    return [
        name
        for name in graph.named("model")
        # a load adds new columns to the raw tables first
        if name in changed
        and models[name]["language"] == "sql"
        and changed.isdisjoint(graph[name].parents)
        and all(graph[parent].kind != "source" for parent in graph[name].parents)
    ]


def _errors(
    settings: Settings, project: ParsedProject, nodes: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    if not nodes:
        return
    say(f"verifying changed models: {', '.join(nodes)}")
    compiled = _compiled(settings, project, list(nodes))
    with connect(settings) as connection:
        for name, node in nodes.items():
            for error in _errors_of(connection, node, compiled[name]):
                yield f"{_place(project, node)}: {error}"


def _compiled(settings: Settings, project: ParsedProject, names: list[str]) -> dict[str, str]:
    """The SQL of models by name, as dbt would run it; raises UsageError for bad Jinja."""
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.cli.main import dbtRunner

    from orchestration.build.invocation import close_warehouse, plain_message

    variables = json.dumps(model_variables(settings))
    with dbt_environment(settings.home):
        outcome = dbtRunner(manifest=project.graph()).invoke(
            [
                *("compile", *dbt_arguments(settings.home, project.root), "--no-write-json"),
                *("--vars", variables, "--select", *names),
            ]
        )
    close_warehouse()
    if outcome.exception or not isinstance(outcome.result, RunExecutionResult):
        raise UsageError(plain_message(str(outcome.exception)))
    failed = [result for result in outcome.result if result.message and result.status == "error"]
    if failed:
        raise UsageError("\n".join(plain_message(str(result.message)) for result in failed))
    return {result.node.name: result.node.compiled_code for result in outcome.result}


def _errors_of(
    connection: duckdb.DuckDBPyConnection, node: Mapping[str, Any], sql: str
) -> Iterator[str]:
    try:
        selected = _columns(connection, sql)
    except duckdb.Error as error:
        yield str(error).partition("\n\n")[0]
        return
    if not node["config"]["contract"]["enforced"]:
        return
    casts = [
        f"cast(null as {column['data_type']}) as {identifier(name)}"
        for name, column in node["columns"].items()
    ]
    declared = _columns(connection, f"select {', '.join(casts)}")
    for name in {**selected, **declared}:
        if name not in declared:
            yield f"column {name} is selected, but not in {node['name']}.yml"
        elif name not in selected:
            yield f"column {name} is in {node['name']}.yml, but not selected"
        elif selected[name] != declared[name]:
            yield (f"column {name} is {selected[name]}, and {declared[name]} in {node['name']}.yml")


def _columns(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in connection.execute(f"describe {sql}").fetchall()}


def _place(project: ParsedProject, node: Mapping[str, Any]) -> str:
    is_own = node["package_name"] != PACKAGE
    return f"{project.root.name if is_own else 'dbt_project'}/{node['original_file_path']}"
