"""What the last complete build of the models was made from, and whether the next can take it on.

A description of it stands in the warehouse from the end of one build to the start of the next, so
a build that was killed or failed leaves none and the next one starts anew.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from orchestration.build.project import ParsedProject
from pipelines import database
from pipelines.database import connect
from pipelines.feeds import FEEDS
from pipelines.rules import fingerprint
from pipelines.rules.seeds import SEEDS
from pipelines.settings import Settings

TABLE = "main.last_build"
# what these change is in models that are built anew every day, or is found there row by row
FREE_SEEDS = frozenset(
    {
        *("disposition_map", "fit_rules", "fit_grades", "target_accounts", "free_mail_domains"),
        *("handoff_sla", "holidays", "kpi_tree", "kpi_targets"),
    }
)


@dataclass(frozen=True, slots=True)
class Build:
    """What the models are made from.

    `loads` counts the rows of each feed by dlt load, `rules` holds a hash of each seed.
    """

    as_of: str
    loads: Mapping[str, Mapping[str, int]]
    rules: Mapping[str, str]
    variables: Mapping[str, str | int]
    project: str

    @property
    def rows(self) -> int:
        """How many raw rows there are."""
        return sum(sum(loads.values()) for loads in self.loads.values())

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Plan:
    """How the models are built next: anew for `reason`, or from `last` and `new_loads` on.

    `unchanged` names the seeds that a build which takes the last one on leaves alone.
    """

    build: Build
    reason: str | None = None
    last: Build | None = None
    new_loads: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


def plan(settings: Settings, project: ParsedProject, rules: Path | None = None) -> Plan:
    """Compare what there is to build from with what the last build was made from.

    `rules` is the folder of the staged rules, by default that of the home.
    """
    rules = rules or settings.home / "rules"
    with connect(settings) as connection:
        build = Build(
            as_of=settings.as_of.isoformat(),
            loads={feed.name: _loads(connection, feed.name) for feed in FEEDS},
            rules={seed.name: fingerprint(rules, seed.name) for seed in SEEDS},
            variables=asdict(settings.variables),
            project=f"{project.fingerprint} {_engine()}",
        )
        last = _last_build(connection)
        reason = _reason(settings, build, last) or _missing(connection, project)
    if reason or last is None:
        return Plan(build, reason)
    known = {load for loads in last.loads.values() for load in loads}
    new = {load for loads in build.loads.values() for load in loads} - known
    # the project, which did not change, holds the seeds that are no rules
    unchanged = _seeds(project) - build.rules.keys()
    unchanged |= {seed for seed, digest in build.rules.items() if last.rules.get(seed) == digest}
    return Plan(build, None, last, tuple(sorted(new)), tuple(sorted(unchanged)))


def remember(settings: Settings, planned: Plan) -> None:
    """Note a build that is complete, and which one it took on."""
    took_on = planned.last.digest if planned.last else None
    with connect(settings) as connection:
        connection.execute(
            f"create or replace table {TABLE}"
            " (description varchar, digest varchar, took_on varchar)"
        )
        connection.execute(
            f"insert into {TABLE} values (?, ?, ?)",
            [json.dumps(asdict(planned.build)), planned.build.digest, took_on],
        )


def digests(connection: duckdb.DuckDBPyConnection) -> tuple[str | None, str | None]:
    """Of the last complete build and of the one that it took on, if they are known."""
    if not _is_known(connection):
        return None, None
    return connection.execute(f"select digest, took_on from {TABLE}").fetchone() or (None, None)


def _reason(settings: Settings, build: Build, last: Build | None) -> str | None:
    """Why the models must be built anew, if they must."""
    if settings.full:
        return "--full was given"
    if last is None:
        return "no complete build is known"
    if replace(build, as_of="", loads={}, rules={}) != replace(last, as_of="", loads={}, rules={}):
        return "variables, models or DuckDB changed"
    if date.fromisoformat(build.as_of) < date.fromisoformat(last.as_of):
        return f"{build.as_of} lies before {last.as_of}, the day of the last build"
    changed = {seed for seed, digest in build.rules.items() if last.rules.get(seed) != digest}
    if changed - FREE_SEEDS:
        return f"rules changed: {', '.join(sorted(changed - FREE_SEEDS))}"
    for feed, loads in last.loads.items():
        if any(build.loads[feed].get(load) != rows for load, rows in loads.items()):
            return f"earlier rows of {feed} are gone"
    return None


def _missing(connection: duckdb.DuckDBPyConnection, project: ParsedProject) -> str | None:
    found = connection.execute("select table_schema, table_name from information_schema.tables")
    present = set(found.fetchall())
    wanted = {
        (node["schema"], node["name"])
        for node in project.description()["nodes"].values()
        if node["resource_type"] in {"model", "seed"}
    }
    lost = sorted(name for _, name in wanted - present)
    return f"models are missing: {', '.join(lost)}" if lost else None


def _seeds(project: ParsedProject) -> set[str]:
    nodes = project.description()["nodes"].values()
    return {node["name"] for node in nodes if node["resource_type"] == "seed"}


def _engine() -> str:
    """DuckDB and the functions that it is given."""
    functions = Path(database.__file__).read_bytes()
    return f"{duckdb.__version__} {hashlib.sha256(functions).hexdigest()}"


def _loads(connection: duckdb.DuckDBPyConnection, feed: str) -> dict[str, int]:
    return dict(
        connection.execute(
            f"select _dlt_load_id, count(*) from raw.{feed} group by all order by all"
        ).fetchall()
    )


def _last_build(connection: duckdb.DuckDBPyConnection) -> Build | None:
    if not _is_known(connection):
        return None
    (text,) = connection.execute(f"select description from {TABLE}").fetchone() or ("null",)
    description = json.loads(text)
    return Build(**description) if description else None


def _is_known(connection: duckdb.DuckDBPyConnection) -> bool:
    schema, name = TABLE.split(".")
    found = connection.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchone()
    return found is not None
