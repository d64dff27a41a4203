"""What a build and its publication are made from, and the one recipe for digests of it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict

from pipelines.feeds import FEEDS
from pipelines.rules import fingerprint
from pipelines.rules.seeds import SEEDS
from pipelines.settings import DBT_PROJECT, PROJECT, Settings
from pipelines.variables import Variables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from orchestration.build.project import ParsedProject

# the audit of a load is published, even where none of its rows is good
LOADED = (*(feed.name for feed in FEEDS), "load_audit")
OWN_CODE = ("pipelines", "expectations", "orchestration")


class Inputs(BaseModel):
    """Everything that the published marts depend on.

    `loads` counts the rows of each feed by dlt load; `rules` holds a digest of each seed,
    `models` one of the dbt project, `engine` names what runs it; `code` and `limits` are what the
    gates and the publication depend on besides.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: date
    loads: dict[str, dict[str, int]]
    rules: dict[str, str]
    variables: Variables
    models: str
    engine: str
    code: str
    limits: str

    @classmethod
    def of(cls, settings: Settings, project: "ParsedProject", rules: Path | None = None) -> Self:
        """The inputs of a run; the raw rows are loaded, the rules staged (in `rules`)."""
        staged = rules or settings.staged_rules
        return cls(
            as_of=settings.as_of,
            loads=_loads(settings),
            rules={seed.name: fingerprint(staged, seed.name) for seed in SEEDS},
            variables=settings.variables,
            models=project.digest,
            engine=_engine(settings.engine),
            code=_code_digest(),
            limits=_limits_digest(settings),
        )

    def with_new_rows(self, feeds: Iterable[str], *, are_others_gone: bool = False) -> Self:
        """The inputs after a load of these feeds, for a plan; others may be gone by then."""
        before = {feed: {} for feed in self.loads} if are_others_gone else self.loads
        loads = {feed: {**before[feed], "to be loaded": 0} for feed in feeds}
        return self.model_copy(update={"loads": {**before, **loads}})

    @cached_property
    def rows(self) -> int:
        """How many raw rows there are."""
        return sum(sum(loads.values()) for loads in self.loads.values())

    def changes_since(self, earlier: Self) -> list[str]:
        """What differs, in words; empty if the marts of `earlier` are those of these inputs."""
        if self == earlier:
            return []
        found = []
        if self.as_of != earlier.as_of:
            found.append(f"as-of day: {earlier.as_of} becomes {self.as_of}")
        found += [f"new rows of {feed}" for feed in _differing(self.loads, earlier.loads)]
        found += self.changes_of_definitions(earlier)
        kinds = {"code": "code changed", "limits": "limits of the gates changed"}
        return found + self._differences(earlier, kinds)

    def changes_of_definitions(self, earlier: Self) -> list[str]:
        """What differs but rows, days and what the models do not depend on, in words."""
        found = [f"rule {seed} changed" for seed in _differing(self.rules, earlier.rules)]
        before, now = earlier.variables.model_dump(), self.variables.model_dump()
        found += [
            f"--set {name}: {before[name]} becomes {now[name]}" for name in _differing(now, before)
        ]
        engine = f"engine: {earlier.engine} becomes {self.engine}"
        return found + self._differences(earlier, {"models": "models changed", "engine": engine})

    def _differences(self, earlier: Self, texts: Mapping[str, str]) -> list[str]:
        return [
            text for name, text in texts.items() if getattr(self, name) != getattr(earlier, name)
        ]

    def why_not_incremental(self, earlier: Self) -> str | None:
        """Why no build on `earlier` can lead to these inputs by its new rows and days alone."""
        if self.as_of < earlier.as_of:
            return f"{self.as_of} lies before {earlier.as_of}, the day of the last build"
        for feed, loads in earlier.loads.items():
            now = self.loads.get(feed, {})
            if any(now.get(load) != rows for load, rows in loads.items()):
                return f"earlier rows of {feed} are gone"
        return None

    def new_loads(self, earlier: Self) -> list[str]:
        """The dlt loads that `earlier` did not know."""
        known = {load for loads in earlier.loads.values() for load in loads}
        return sorted({load for loads in self.loads.values() for load in loads} - known)


def digest(*parts: str) -> str:
    """A digest of texts in their order."""
    found = hashlib.sha256()
    for part in parts:
        found.update(f"{len(part)}:{part}".encode())
    return found.hexdigest()[:32]


def digest_of_files(paths: Iterable[Path], root: Path) -> str:
    """A digest of contents and of names below `root`, so that a moved folder has the same."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.relative_to(root).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:32]


def _differing(now: Mapping[str, object], before: Mapping[str, object]) -> list[str]:
    return [name for name in {**before, **now} if now.get(name) != before.get(name)]


def _engine(engine: str) -> str:
    """The programs that build the models, with their settings and the functions of DuckDB."""
    if engine == "spark":
        adapter = digest(f"dbt-spark {version('dbt-spark')}")[:8]
        return f"Spark {version('pyspark')}, dbt {version('dbt-core')} (adapter {adapter})"
    files = [PROJECT / "pipelines" / "database.py", DBT_PROJECT / "profiles.yml"]
    others = [f"{name} {version(name)}" for name in ("dbt-adapters", "dbt-duckdb", "pyarrow")]
    rest = digest(digest_of_files(files, PROJECT), *others)[:8]
    return f"DuckDB {version('duckdb')}, dbt {version('dbt-core')} (settings {rest})"


def digest_of_checks(settings: Settings) -> str:
    """A digest of what the gates judge by, as it is now."""
    return digest(_code_digest(), _limits_digest(settings))


@cache
def _code_digest() -> str:
    files = [path for name in OWN_CODE for path in (PROJECT / name).rglob("*")]
    code = sorted(path for path in files if path.suffix in {".py", ".toml"})
    return digest_of_files(code, PROJECT)


def _limits_digest(settings: Settings) -> str:
    return digest(json.dumps(settings.gates, sort_keys=True))


def _loads(settings: Settings) -> dict[str, dict[str, int]]:
    # the commands that only read records need no DuckDB
    from pipelines.database import connect

    with connect(settings) as connection:
        return {table: _loads_of(connection, table) for table in LOADED}


def _loads_of(connection: "DuckDBPyConnection", table: str) -> dict[str, int]:
    from duckdb import CatalogException

    try:
        found = connection.execute(
            f"select _dlt_load_id, count(*) from raw.{table} group by all order by all"
        )
    except CatalogException:
        return {}
    return dict(found.fetchall())
