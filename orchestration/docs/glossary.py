"""The glossary: terms in two languages, each with the metric or table that stands for it."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import FunnelError

GLOSSARY = Path(__file__).with_name("glossary.csv")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a term is in the project: `kind` is metric, table or column.

    `node` is dbt's id of the metric or table, `computed_in` the files that compute it.
    """

    kind: str
    name: str
    node: str
    computed_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the glossary."""

    topic: str
    term: str
    term_ja: str
    definition: str
    definition_ja: str
    references: tuple[Reference, ...]

    def files(self) -> list[str]:
        """The files that compute it, each once."""
        return list(dict.fromkeys(file for found in self.references for file in found.computed_in))


def read_glossary(description: Mapping[str, Any], path: Path = GLOSSARY) -> list[Entry]:
    """The entries in their order; raises FunnelError for an unknown reference."""
    tables = dict(_tables(description))
    metrics = {metric["name"]: metric for metric in description["metrics"].values()}
    entries = []
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            names = row.pop("refers_to").split()
            try:
                references = tuple(_found(name, tables, metrics, description) for name in names)
            except KeyError as missing:
                raise FunnelError(f"{path.name} line {number}: there is no {missing}") from None
            entries.append(Entry(**row, references=references))
    return entries


def _found(
    text: str,
    tables: Mapping[str, Mapping[str, Any]],
    metrics: Mapping[str, Mapping[str, Any]],
    description: Mapping[str, Any],
) -> Reference:
    kind, _, name = text.partition(":")
    if kind == "metric":
        metric = metrics[name]
        files = sorted(set(_files_of(metric, description)))
        return Reference(kind, name, metric["unique_id"], tuple(files))
    table_name, _, column = name.partition(".")
    table = tables[table_name]
    if kind == "column" and column not in table["columns"]:
        raise KeyError(name)
    if kind not in {"table", "column"}:
        raise KeyError(text)
    return Reference(kind, name, table["unique_id"], (_file(table),))


def _files_of(metric: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[str]:
    """The models that a metric is computed from, through other metrics if need be."""
    for node in metric["depends_on"]["nodes"]:
        if node in description["metrics"]:
            yield from _files_of(description["metrics"][node], description)
        else:
            models = description["semantic_models"][node]["depends_on"]["nodes"]
            yield from (_file(description["nodes"][model]) for model in models)


def _file(node: Mapping[str, Any]) -> str:
    path = Path(node["original_file_path"])
    # the rules of the last run lie elsewhere, and those that are shipped have the same names
    return f"dbt_project/seeds/{path.name}" if path.is_absolute() else f"dbt_project/{path}"


def _tables(description: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for node in (*description["nodes"].values(), *description["sources"].values()):
        if node["resource_type"] in {"model", "seed", "source"}:
            yield node["name"], node
