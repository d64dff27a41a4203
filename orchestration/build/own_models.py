"""What the models of a company must not be, known once dbt has parsed them."""

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.build.nodes import BUILT, Graph, graph_of, node_name
from orchestration.build.project import ParsedProject
from orchestration.build.root import PACKAGE, RootProject
from orchestration.dashboard.own_panel import own_panels
from pipelines.errors import UsageError


def check_own_models(project: ParsedProject) -> None:
    """Raise UsageError with a line for each node that cannot go with the warehouse's."""
    if not RootProject(project.root).is_own:
        return
    manifest = project.manifest()
    errors = [*_names(manifest), *_snapshots(manifest)]
    errors = errors or list(_partial_parents(manifest, graph_of(project)))
    if errors:
        raise UsageError("\n".join(errors))
    # says what is wrong with one
    own_panels(manifest)


def _names(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Nodes are told apart by their names, in the plan and in the stamps of their tables."""
    built = [node for node in manifest["nodes"].values() if node["resource_type"] in BUILT]
    nodes = [*built, *manifest["sources"].values()]
    taken: dict[str, Mapping[str, Any]] = {}
    for node in sorted(nodes, key=lambda node: node["package_name"] != PACKAGE):
        name = node_name(node)
        if name in taken:
            where = taken[name]["original_file_path"]
            yield f"{_place(node)}: {name} is the name of another node ({where}); rename it"
        taken[name] = node
        if node["resource_type"] in {"model", "seed"} and node["alias"] != name:
            yield f"{_place(node)}: no alias or version; the table of {name} must have its name"


def _snapshots(manifest: Mapping[str, Any]) -> Iterator[str]:
    for node in manifest["nodes"].values():
        read = [one for one in manifest["parent_map"][node["unique_id"]] if _is_snapshot(one)]
        if read and node["resource_type"] == "model":
            yield (
                f"{_place(node)}: {node['name']} reads the snapshot {read[0].split('.')[-1]}; a run"
                " takes none, since the same files and day must give the same rows"
            )


def _is_snapshot(unique_id: str) -> bool:
    return unique_id.startswith("snapshot.")


def _partial_parents(manifest: Mapping[str, Any], graph: Graph) -> Iterator[str]:
    """Models that hold only affected rows after an incremental build are no one else's to read."""
    for node in manifest["nodes"].values():
        name = node["name"]
        if node["package_name"] == PACKAGE or node["resource_type"] not in BUILT:
            continue
        if graph[name].is_partial or graph[name].affected_by:
            continue
        for parent in graph[name].parents:
            if graph[parent].is_partial:
                yield (
                    f"{_place(node)}: {name} reads {parent}, which holds but the affected rows"
                    " after an incremental build; read a mart"
                )


def _place(node: Mapping[str, Any]) -> str:
    return str(node["original_file_path"])
