"""The nodes of the dbt project: what each is made from, and how it can be built.

Two digests say whether a node has to be built. Its `definition` covers its own code, the macros and
variables that it uses, the engine, and the definitions of the nodes that it reads. Its `state`
covers that, the reported day if it matters, and the data that it reads: raw rows and rules.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from orchestration.build.inputs import Inputs, digest, digest_of_files
from orchestration.build.project import ParsedProject
from orchestration.build.root import PACKAGE, RootProject
from orchestration.home.records import NodeState
from pipelines.rules.seeds import SEEDS_BY_NAME
from pipelines.variables import declared_variables

BUILT = {"model", "seed", "test"}
# packages of dbt itself, whose macros change with its version
DBT_PACKAGES = re.compile(r"dbt|dbt_(duckdb|spark)")
# what dbt calls by itself for the nodes of every package: other ways to do what is dispatched
CALLED_FOR_ALL = re.compile(r"materialization_|(default|duckdb|spark)__")
VARIABLE = re.compile(r"\bvar\(\s*['\"](\w+)['\"]")
LOOKS_BACK = re.compile(r"rows_of_last_build\(\s*'(\w+)'")
# says which rows are computed; what is built is the same with and without it
HOW = {"last_as_of_date", "new_loads", "node_states"}
DAY = "as_of_date"
HOOKS = ("pre-hook", "post-hook")
OTHER_ENGINES = {"duckdb": "spark__", "spark": "duckdb__"}


@dataclass(frozen=True, slots=True)
class Node:
    """A model, seed, data test or raw table (`kind` is dbt's resource type).

    `parents` are the nodes that it reads. A model that `keeps_rows` is incremental, and replaces
    the rows of the keys that stand in the model `affected_by`; one that
    `keeps_copy` leaves a copy of its last rows to compare with; one that `is_partial` holds only
    the affected rows after an incremental build; `looks_back_at` are models whose last rows it
    reads before they are built. One that `is_inlined` has no table: its readers repeat its query.
    """

    name: str
    kind: str
    parents: tuple[str, ...]
    code: str
    variables: frozenset[str]
    keeps_rows: bool = False
    keeps_copy: bool = False
    is_partial: bool = False
    is_view: bool = False
    is_inlined: bool = False
    affected_by: str | None = None
    looks_back_at: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by name, parents before their children.

    `variables` are those that the root project declares for itself, with their values.
    """

    nodes: dict[str, Node]
    variables: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]

    def named(self, *kinds: str) -> list[str]:
        """The names of the nodes of these kinds, in order."""
        return [name for name, node in self.nodes.items() if node.kind in kinds]

    def lasting(self) -> list[str]:
        """The models and seeds whose tables mean something after a build, in order."""
        return [
            name
            for name in self.named("model", "seed")
            if not (self[name].is_partial or self[name].is_inlined)
        ]

    def with_ancestors(self, names: Iterable[str]) -> set[str]:
        """These nodes and all that they read, directly or through others."""
        found = set(names)
        for name in reversed(self.nodes):
            if name in found:
                found.update(self.nodes[name].parents)
        return found

    def with_descendants(self, names: Iterable[str]) -> set[str]:
        """These nodes and all that read them, directly or through others."""
        found = set(names)
        for name, node in self.nodes.items():
            if not found.isdisjoint(node.parents):
                found.add(name)
        return found


def graph_of(project: ParsedProject) -> Graph:
    """The graph of a parsed project."""
    manifest = project.manifest()
    macros = _Macros(manifest)
    described = {
        unique_id: node
        for unique_id, node in {**manifest["nodes"], **manifest["sources"]}.items()
        if node["resource_type"] in BUILT | {"source"}
    }
    nodes = [_node(node, described, macros, manifest) for node in described.values()]
    by_name = {node.name: node for node in nodes}
    order = TopologicalSorter({name: node.parents for name, node in by_name.items()})
    ordered = Graph({name: by_name[name] for name in order.static_order()})
    root = RootProject(project.root)
    return Graph(_with_partial(ordered), root.variables() if root.is_own else {})


def node_name(node: Mapping[str, Any]) -> str:
    """The name of a node; that of a source which the warehouse does not load is no table's."""
    is_own_source = node["resource_type"] == "source" and node["package_name"] != PACKAGE
    return f"{node['source_name']}.{node['name']}" if is_own_source else str(node["name"])


def node_states(graph: Graph, inputs: Inputs) -> dict[str, NodeState]:
    """The digests of every node that is built, if it is built from these inputs."""
    variables = {**graph.variables, **declared_variables(), **inputs.variables.model_dump()}
    code: dict[str, str] = {}
    rules: dict[str, frozenset[str]] = {}
    content: dict[str, str] = {}
    states = {}
    for name, node in graph.nodes.items():
        if node.kind == "source":
            code[name], rules[name] = name, frozenset()
            # nobody says what a source of the company's own holds: it counts as new every day
            days = [str(inputs.as_of)] if DAY in node.variables else []
            content[name] = digest(name, json.dumps(inputs.loads.get(name)), *days)
            continue
        values = {key: variables.get(key) for key in sorted(node.variables - {DAY})}
        code[name] = digest(
            *(node.code, json.dumps(values, default=str), inputs.engine),
            *(code[parent] for parent in node.parents),
        )
        rules[name] = _rules_read_directly(graph, node, rules)
        day = str(inputs.as_of) if DAY in node.variables else ""
        own = inputs.rules.get(name, "") if node.kind == "seed" else ""
        read = digest(day, own, *(content[parent] for parent in node.parents))
        # the rows of a view are those of what it reads: it need not be made again for them
        made_from = day if node.is_view or node.is_inlined else read
        state = digest(code[name], made_from)
        content[name] = digest(state, read)
        direct = (inputs.rules.get(seed, "") for seed in sorted(rules[name]))
        definition = digest(code[name], *direct)
        states[name] = NodeState(definition=definition, state=state)
    return states


def _rules_read_directly(
    graph: Graph, node: Node, rules: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """Rule files of which a change reaches a node otherwise than as changed rows of a copy."""
    found: set[str] = set()
    for parent in node.parents:
        if graph[parent].kind == "seed":
            found.add(parent)
        elif not graph[parent].keeps_copy:
            found |= rules[parent]
    return frozenset(found)


def _with_partial(graph: Graph) -> dict[str, Node]:
    """Nodes are partial on the way from one that picks out affected rows to one that keeps rows.

    A company's own incremental model, which knows no affected keys, finds its new rows by itself.
    """
    feeding: set[str] = set()
    for node in reversed(graph.nodes.values()):
        if node.affected_by or node.name in feeding:
            feeding.update(node.parents)
    found: dict[str, Node] = {}
    for name, node in graph.nodes.items():
        is_between = name in feeding and node.kind == "model"
        is_partial = (
            is_between
            and not (node.keeps_rows or node.keeps_copy)
            and (node.is_partial or any(found[parent].is_partial for parent in node.parents))
        )
        found[name] = replace(node, is_partial=is_partial)
    return found


def _node(
    node: Mapping[str, Any],
    described: Mapping[str, Mapping[str, Any]],
    macros: "_Macros",
    manifest: Mapping[str, Any],
) -> Node:
    if node["resource_type"] == "source":
        is_own = node["package_name"] != PACKAGE
        return Node(node_name(node), "source", (), "", frozenset([DAY] if is_own else []))
    config = node["config"]
    used = macros.used_by(node)
    # the files of the rules are data, and the labels are not
    file = "" if node["name"] in SEEDS_BY_NAME else _checksum(node)
    text = "\n".join([node["raw_code"], str(node.get("test_metadata")), file])
    columns = {
        name: [column["data_type"], column["constraints"]]
        for name, column in node["columns"].items()
    }
    texts = {name: column["description"] for name, column in node["columns"].items()}
    described_as = [node["description"], texts] if config.get("persist_docs") else []
    code = json.dumps([text, config, columns, described_as, node["relation_name"]], sort_keys=True)
    keeps_copy = macros.id_of("keep_last_build") in used
    keeps_rows = config["materialized"] == "incremental"
    affected_by = config.get("affected_by")
    parents = {
        node_name(described[parent])
        for parent in manifest["parent_map"][node["unique_id"]]
        if parent in described
    }
    if affected_by:
        parents.add(affected_by)
    return Node(
        name=node["name"],
        kind=node["resource_type"],
        parents=tuple(sorted(parents)),
        code=digest(code, macros.text_of(used, node["package_name"])),
        variables=frozenset(VARIABLE.findall(text + macros.text_of(used, node["package_name"])))
        - HOW,
        keeps_rows=keeps_rows,
        keeps_copy=keeps_copy,
        is_partial=macros.id_of("is_incremental_build") in used,
        is_view=config["materialized"] == "view",
        is_inlined=config["materialized"] == "ephemeral",
        affected_by=affected_by,
        looks_back_at=frozenset(LOOKS_BACK.findall(node["raw_code"])),
    )


def _checksum(node: Mapping[str, Any]) -> str:
    if node["checksum"]["name"] != "path":
        return str(node["checksum"]["checksum"])
    # dbt does not read large seeds for it
    path = Path(node["root_path"]) / node["original_file_path"]
    return digest_of_files([path], path.parent)


class _Macros:
    """The macros of all projects; those that no node names are called by dbt for every node.

    Those of a company are, where they stand in for what is dispatched, and for its own nodes where
    a hook names them.
    """

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        others = OTHER_ENGINES.get(manifest["metadata"]["adapter_type"], "")
        self._macros = {
            unique_id: macro
            for unique_id, macro in manifest["macros"].items()
            if not DBT_PACKAGES.fullmatch(macro["package_name"])
            and not (others and macro["name"].startswith(others))
        }
        nodes = manifest["nodes"].values()
        # whatever a company's nodes name, the warehouse's stay what they are
        ours = [node for node in nodes if node["package_name"] == PACKAGE]
        for_all = [one for one in self._named_by_none_of(ours) if self._is_for_all(one)]
        self._called_for_all = frozenset(self._reached(for_all))
        hooks = json.dumps([[node["config"].get(kind) for kind in HOOKS] for node in nodes])
        in_hooks = [one for one, macro in self._macros.items() if macro["name"] in hooks]
        self._called_for_own = frozenset(self._reached([*for_all, *in_hooks]))

    def _named_by_none_of(self, nodes: Iterable[Mapping[str, Any]]) -> set[str]:
        named: set[str] = set()
        for node in nodes:
            named |= self._reached(node["depends_on"]["macros"])
        return self._macros.keys() - named

    def _is_for_all(self, unique_id: str) -> bool:
        macro = self._macros[unique_id]
        return macro["package_name"] == PACKAGE or bool(CALLED_FOR_ALL.match(macro["name"]))

    def id_of(self, name: str) -> str:
        return f"macro.{PACKAGE}.{name}"

    def used_by(self, node: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(self._reached(node["depends_on"]["macros"]))

    def text_of(self, used: frozenset[str], package: str) -> str:
        called = self._called_for_all if package == PACKAGE else self._called_for_own
        return "\n".join(
            self._macros[unique_id]["macro_sql"] for unique_id in sorted(used | called)
        )

    def _reached(self, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        left = [name for name in names if name in self._macros]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += [
                    other
                    for other in self._macros[name]["depends_on"]["macros"]
                    if other in self._macros
                ]
        return found
