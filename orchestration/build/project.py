"""The parsed dbt project, kept between runs and parsed again only when one of its files changed."""

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import FunnelError
from pipelines.rules import stage_rules
from pipelines.rules.seeds import SEEDS
from pipelines.settings import DBT_PROJECT, LABELS, SHIPPED_RULES

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PARSED_SUFFIXES = {".sql", ".yml", ".yaml", ".md"}
IGNORED_FOLDERS = {"target", "logs", "dbt_packages"}


@dataclass(frozen=True, slots=True)
class ParsedProject:
    """`graph` is dbt's own manifest for running, `description` the same as JSON for Dagster."""

    target: Path
    fingerprint: str

    def graph(self) -> "Manifest":
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser.manifest import extended_mashumuro_decoder

        packed = (self.target / "partial_parse.msgpack").read_bytes()
        manifest = Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
        manifest.build_flat_graph()
        return manifest

    def description(self) -> dict:
        return _description(self.target / "manifest.json", self.fingerprint)


@cache
def _description(path: Path, fingerprint: str) -> dict:  # noqa: ARG001 - part of the cache's key
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def parsed_project(home: Path) -> ParsedProject:
    """Parse the dbt project into `home/dbt`, or take what was parsed there from the same files."""
    target = home / "dbt"
    fingerprint = fingerprint_of(home)
    kept = target / "fingerprint"
    if not kept.exists() or kept.read_text(encoding="utf-8") != fingerprint:
        kept.unlink(missing_ok=True)
        _parse(home, target)
        kept.write_text(fingerprint, encoding="utf-8")
    return ParsedProject(target, fingerprint)


def dbt_arguments(home: Path) -> list[str]:
    """The arguments that every dbt call shares."""
    return [
        "--project-dir",
        str(DBT_PROJECT),
        "--profiles-dir",
        str(DBT_PROJECT),
        "--target-path",
        str(home / "dbt"),
        "--log-path",
        str(home / "logs"),
        "--log-level",
        "none",
        "--log-level-file",
        "info",
        "--no-use-colors",
    ]


def set_environment(home: Path) -> None:
    """Tell dbt's profile where this run's warehouse and rules are."""
    os.environ["FUNNEL_HOME"] = str(home)
    os.environ["FUNNEL_RULES"] = str(home / "rules")
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"


def _parse(home: Path, target: Path) -> None:
    from dbt.cli.main import dbtRunner

    set_environment(home)
    # seeds must be there to be parsed; the run puts its own rules in their place
    if not all((home / "rules" / seed.file_name).exists() for seed in SEEDS):
        stage_rules(SHIPPED_RULES, home / "rules")
    target.mkdir(parents=True, exist_ok=True)
    (target / "partial_parse.msgpack").unlink(missing_ok=True)
    result = dbtRunner().invoke(
        ["parse", *dbt_arguments(home), "--vars", '{"as_of_date": "2000-01-01"}']
    )
    if not result.success:
        raise FunnelError(f"dbt cannot parse its project: {result.exception}")


def fingerprint_of(home: Path) -> str:
    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')} {home}".encode())
    for path in sorted(DBT_PROJECT.rglob("*")):
        is_label = path.parent == LABELS and path.suffix == ".csv"
        is_parsed = path.suffix in PARSED_SUFFIXES and not IGNORED_FOLDERS & set(path.parts)
        if is_label or is_parsed:
            digest.update(str(path.relative_to(DBT_PROJECT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
