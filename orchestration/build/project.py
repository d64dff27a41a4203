"""The parsed dbt project, kept between runs and parsed again only when one of its files changed."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.build.inputs import digest, digest_of_files
from orchestration.build.root import RootProject
from orchestration.console import command_hint
from orchestration.home.kept import are_kept, digests_of, tell_damage
from orchestration.home.records import read_records, update_records
from pipelines.errors import FunnelError
from pipelines.settings import DBT_PROJECT, Settings
from pipelines.variables import declared_variables

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

GRAPH = "partial_parse.msgpack"
MANIFEST = "manifest.json"
PROFILE = "lead_funnel"
KEPT = tuple(f"dbt/{name}" for name in (MANIFEST, GRAPH))


@dataclass(frozen=True, slots=True)
class ParsedProject:
    """The dbt project as it was parsed into the folder `target`; `digest` is that of its files.

    `root` is the folder of the root project, the warehouse's own or that of a company, and
    `engine` the one that it was parsed for.
    """

    target: Path
    digest: str
    root: Path = DBT_PROJECT
    engine: str = "duckdb"

    def graph(self) -> "Manifest":
        """dbt's own manifest, for running."""
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser.manifest import extended_mashumuro_decoder

        packed = (self.target / GRAPH).read_bytes()
        manifest = Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
        manifest.build_flat_graph()
        return manifest

    def manifest(self) -> dict[str, Any]:
        """The same as JSON, for Dagster and for looking things up."""
        return _manifest(self.target / MANIFEST, self.digest)


@cache
def _manifest(path: Path, digest: str) -> dict[str, Any]:  # noqa: ARG001 - part of the cache's key
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def parsed_project(home: Path, root: Path = DBT_PROJECT, engine: str = "duckdb") -> ParsedProject:
    """Parse a dbt project into `home/dbt`, or take what was parsed there from the same files.

    Raises UsageError for a project of a company that cannot go with the warehouse.
    """
    from orchestration.build.own_models import check_own_models

    standing = standing_project(home, root, engine)
    if standing:
        return standing
    project = ParsedProject(home / "dbt", project_digest(root), root, engine)
    records = update_records(home, parsed=None)
    if not are_kept(home, records, KEPT):
        tell_damage(home, records, KEPT)
        # dbt would go on with it; from what is whole it parses the changed files alone
        (project.target / GRAPH).unlink(missing_ok=True)
    parse(home, project.target, {"as_of_date": "2000-01-01"}, root=root, engine=engine)
    # whole, whether the project is refused or not
    update_records(home, digests_of(home, KEPT))
    check_own_models(project)
    update_records(home, parsed=_parsed_from(project))
    return project


def standing_project(
    home: Path, root: Path = DBT_PROJECT, engine: str = "duckdb"
) -> ParsedProject | None:
    """What was parsed into `home/dbt` from the files as they are now, if it is there."""
    project = ParsedProject(home / "dbt", project_digest(root), root, engine)
    records = read_records(home)
    is_current = records.parsed == _parsed_from(project) and are_kept(home, records, KEPT)
    return project if is_current else None


def _parsed_from(project: ParsedProject) -> str:
    folders = (str(DBT_PROJECT), str(project.root))
    adapter = f"dbt-{project.engine}"
    return digest(project.digest, version("dbt-core"), version(adapter), *folders)


def project_digest(root: Path = DBT_PROJECT) -> str:
    """A digest of the files that dbt parses, and of seeds but the rules, wherever they lie."""
    project = RootProject(root)
    found = digest_of_files(project.files(), root)
    return digest(found, project_digest()) if project.is_own else found


def dbt_arguments(home: Path, root: Path = DBT_PROJECT) -> list[str]:
    """The arguments that every dbt call shares."""
    return [
        *("--project-dir", str(root)),
        *("--profiles-dir", str(DBT_PROJECT)),
        *("--profile", PROFILE),
        *("--target-path", str(home / "dbt")),
        *("--log-path", str(home / "logs")),
        # a log of any level has dbt word each of its debug messages; what failed is in the results
        *("--log-level", "none"),
        *("--log-level-file", "none"),
        "--no-use-colors",
    ]


@contextmanager
def dbt_environment(home: Path, **others: str) -> Iterator[dict[str, str]]:
    """Tell dbt's profile where the warehouse and the rules of a home are."""
    values = {
        "FUNNEL_HOME": str(home),
        "FUNNEL_RULES": str(home / "rules"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        **others,
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield values
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def model_variables(settings: Settings) -> dict[str, Any]:
    """The vars of every dbt call, none of them the clock.

    All are given, since the models of a company do not see the defaults of the warehouse.
    """
    given = settings.variables.model_dump(exclude={"source_timezone"})
    return {**declared_variables(), **given, "as_of_date": settings.as_of.isoformat()}


def parse(
    home: Path,
    target: Path,
    variables: Mapping[str, Any],
    *arguments: str,
    root: Path = DBT_PROJECT,
    engine: str = "duckdb",
) -> None:
    """Have dbt parse a project into a folder; raises FunnelError with what is wrong."""
    from dbt.cli.main import dbtRunner

    RootProject(root).link_package()
    target.mkdir(parents=True, exist_ok=True)
    # see `model_variables`
    given = {**declared_variables(), **variables}
    with dbt_environment(home, FUNNEL_ENGINE=engine):
        result = dbtRunner().invoke(
            [
                *("parse", *dbt_arguments(home, root), "--target-path", str(target)),
                *("--vars", json.dumps(given), *arguments),
            ]
        )
    if not result.success:
        hint = f"{command_hint(home, 'dbt')} parse"
        raise FunnelError(f"dbt cannot parse the project: {result.exception}; `{hint}` says more")
