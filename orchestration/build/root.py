"""The root dbt project of a run: the shipped one, or that of a company, which it is a package of.

dbt loads every folder below `dbt_packages` of a root project as a package. The shipped project is
linked there, as `dbt deps` links a local package, so that an upgrade changes nothing in the folder.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import UsageError
from pipelines.rules.seeds import SEEDS_BY_NAME
from pipelines.settings import DBT_PROJECT
from pipelines.variables import declared_variables

PACKAGE = "lead_funnel"
FILE = "dbt_project.yml"
PARSED_SUFFIXES = {".sql", ".py", ".yml", ".yaml", ".md"}
# dbt's names of the settings that say where files lie, with its defaults
PATHS = {
    "model-paths": ["models"],
    "macro-paths": ["macros"],
    "test-paths": ["tests"],
    "seed-paths": ["seeds"],
    "snapshot-paths": ["snapshots"],
    "analysis-paths": ["analyses"],
}
PACKAGES_PATH = "packages-install-path"
OVERRIDE_FLAG = "require_explicit_package_overrides_for_builtin_materializations"


@dataclass(frozen=True)
class RootProject:
    """A dbt project; one that has the name of the package is the warehouse itself."""

    folder: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        """What its `dbt_project.yml` says; raises UsageError if there is none, or no name in it."""
        path = self.folder / FILE
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UsageError(f"{path} is missing: {self.folder} is no dbt project") from None
        except (yaml.YAMLError, UnicodeDecodeError) as fault:
            raise UsageError(f"{path}: {' '.join(str(fault).split())}") from None
        if not isinstance(found, dict) or not isinstance(found.get("name"), str):
            raise UsageError(f"{path}: add the name of the project, such as `name: acme`")
        return found

    @property
    def name(self) -> str:
        return str(self.config["name"])

    @property
    def is_own(self) -> bool:
        """Whether it is a company's, beside the warehouse."""
        return self.name != PACKAGE

    @property
    def packages(self) -> Path:
        """Where dbt looks for its packages."""
        return self.folder / str(self.config.get(PACKAGES_PATH, "dbt_packages"))

    def paths(self, *settings: str) -> list[Path]:
        """Its folders of some kinds, or of all."""
        return [
            self.folder / path
            for setting in settings or PATHS
            for path in self.config.get(setting, PATHS[setting])
        ]

    def files(self) -> Iterator[Path]:
        """The files that dbt parses, and those of seeds but the rules, which are data."""
        yield from (path for path in sorted(self.folder.glob("*.yml")))
        for folder in self.paths():
            yield from (path for path in sorted(folder.rglob("*")) if _is_read(path))
        if self.is_own and self.packages.is_dir():
            for package in sorted(self.packages.iterdir()):
                # the link to the warehouse is one of its own
                if package.name != PACKAGE:
                    yield from (path for path in sorted(package.rglob("*")) if _is_read(path))

    def variables(self) -> dict[str, Any]:
        """The variables that it declares for itself."""
        declared = self.config.get("vars") or {}
        return {**declared, **(declared.get(self.name) or {})}

    def check(self) -> None:
        """Raise UsageError for what a project beside the warehouse must say or must not have."""
        if self.is_own:
            errors = [*self._missing(), *self._reserved_variables(), *self._clashes()]
            if errors:
                raise UsageError("\n".join(errors))

    def link_package(self) -> None:
        """Have dbt find the warehouse as it is installed now; raises UsageError if that fails."""
        if not self.is_own:
            return
        link = self.packages / PACKAGE
        if link.is_symlink() and link.resolve() == DBT_PROJECT:
            return
        try:
            link.parent.mkdir(parents=True, exist_ok=True)
            if link.is_symlink():
                link.unlink()
            link.symlink_to(DBT_PROJECT)
        except FileExistsError:
            raise UsageError(
                f"{link} is a copy of the warehouse that no upgrade would reach; remove it, and it"
                " is linked"
            ) from None
        except OSError as fault:
            raise UsageError(f"{link} cannot be linked: {fault.strerror}") from None

    def _missing(self) -> Iterator[str]:
        path = self.folder / FILE
        if (self.config.get("flags") or {}).get(OVERRIDE_FLAG) is not False:
            yield (
                f"{path}: add `flags: {{{OVERRIDE_FLAG}: false}}`; the tables of the warehouse are"
                " built by its own materializations"
            )
        orders = [
            one.get("search_order") or []
            for one in self.config.get("dispatch") or []
            if one.get("macro_namespace") == "dbt"
        ]
        if not orders or PACKAGE not in orders[0]:
            yield (
                f"{path}: add `dispatch: [{{macro_namespace: dbt, search_order: [{self.name},"
                f" {PACKAGE}, dbt]}}]`; with it a schema has the name that a model gives it"
            )

    def _reserved_variables(self) -> Iterator[str]:
        declared = self.config.get("vars") or {}
        named = {**declared, **(declared.get(PACKAGE) or {}), **(declared.get(self.name) or {})}
        for name in sorted(named.keys() & declared_variables().keys()):
            yield (
                f"{self.folder / FILE}: the variable {name} is the warehouse's; set it for the run"
                f" (--set {name}=...), and remove it here"
            )

    def _clashes(self) -> Iterator[str]:
        """Models and seeds that have the name of one of the warehouse's."""
        taken = set(_tables(RootProject(DBT_PROJECT)))
        for name, path in _tables(self).items():
            if name in taken:
                yield f"{path}: {name} is the name of a table of the warehouse; give it another"


def is_mart(node: Mapping[str, Any]) -> bool:
    """Whether a node of the manifest is published: a model of schema `marts` that has a table."""
    config = node["config"]
    is_model = node["resource_type"] == "model" and config["materialized"] != "ephemeral"
    return bool(is_model and config.get("schema") == "marts")


def _tables(project: RootProject) -> dict[str, Path]:
    """The models and seeds of a project, by name, with their files."""
    found: dict[str, Path] = {}
    for setting, suffixes in (("model-paths", {".sql", ".py"}), ("seed-paths", {".csv"})):
        for folder in project.paths(setting):
            found |= {path.stem: path for path in folder.rglob("*") if path.suffix in suffixes}
    return found


def _is_read(path: Path) -> bool:
    is_data = path.suffix == ".csv" and path.stem not in SEEDS_BY_NAME
    return is_data or path.suffix in PARSED_SUFFIXES
