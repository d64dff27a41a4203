"""`funnel dbt`: dbt as its users call it, on the warehouse of a home and for the day it reports.

What is built by hand gets no stamp (`dbt_project/macros/node_states.sql`), so that the next refresh
builds these tables again, and the record of the last complete build stays true.
"""

import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from orchestration.build.project import PROFILE, dbt_environment, model_variables
from orchestration.build.root import RootProject
from orchestration.console import command_hint
from orchestration.home import lock
from orchestration.home.records import read_records
from pipelines.errors import FunnelError, UsageError
from pipelines.rules import load_rules, stage_rules
from pipelines.settings import DBT_PROJECT, Settings

VARIABLES = "--vars"
WITHOUT_WAREHOUSE = {"clean", "deps", "list", "ls", "parse"}
# said for each materialization, and asked for in the project itself
SILENCED = {"silence": ["PackageMaterializationOverrideDeprecation"]}


def settings_by_hand(home: Path, folder: Path = DBT_PROJECT) -> Settings:
    """The settings of the tables that stand in a home; raises UsageError if there are none.

    The models are those of the project in `folder`, where that is a company's, or of the last run.
    """
    records = read_records(home)
    if records.run is None:
        hint = command_hint(home, "refresh")
        raise UsageError(f"no run has been recorded in {home}; run `{hint}` first")
    last = records.run.settings(home)
    tables = records.build.run.settings(home) if records.build else last
    return tables.replace(project=last.project if folder == DBT_PROJECT else folder)


def run_dbt(settings: Settings, arguments: Sequence[str]) -> int:
    """Run a command of dbt, which prints what it says; returns dbt's exit status."""
    from dbt.cli.exceptions import DbtUsageException
    from dbt.cli.main import dbtRunner

    from orchestration.build.invocation import close_warehouse

    given = _with_variables(settings, list(arguments))
    _prepare(settings)
    reads_warehouse = not WITHOUT_WAREHOUSE.intersection(arguments[:1])
    if reads_warehouse:
        lock.hold(settings.home)
    try:
        with dbt_environment(settings.home, **_environment(settings)):
            outcome = dbtRunner().invoke(given)
        close_warehouse()
    finally:
        if reads_warehouse:
            lock.release(settings.home)
    if isinstance(outcome.exception, DbtUsageException):
        raise UsageError(f"dbt: {outcome.exception}")
    if outcome.exception is not None:
        raise FunnelError(f"dbt stopped: {outcome.exception}") from outcome.exception
    return 0 if outcome.success else 1


def shell_environment(settings: Settings) -> str:
    """Lines for a shell's `eval`, after which plain `dbt` finds what `funnel dbt` gives it."""
    _prepare(settings)
    with dbt_environment(settings.home, **_environment(settings)) as values:
        given = {**values, "FUNNEL_DBT_VARS": json.dumps(model_variables(settings))}
    exports = [f"export {name}={shlex.quote(value)}" for name, value in given.items()]
    program = shlex.quote(str(Path(sys.executable).with_name("dbt")))
    function = (
        f'dbt() {{ case "$1" in -*|"") {program} "$@" ;;'
        f' *) {program} "$@" {VARIABLES} "$FUNNEL_DBT_VARS" ;; esac; }}'
    )
    return "\n".join([*exports, function])


def _prepare(settings: Settings) -> None:
    """Have dbt find the package and the rules, wherever the last run came to."""
    project = RootProject(settings.project)
    project.check()
    project.link_package()
    if not settings.staged_rules.is_dir():
        stage_rules(load_rules(settings.rules), settings.staged_rules)


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "DBT_PROJECT_DIR": str(settings.project),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_PROFILE": PROFILE,
        # what dbt compiles is for whoever looks at it; a run keeps its own in `dbt/`
        "DBT_TARGET_PATH": str(settings.home / "target"),
        "DBT_LOG_PATH": str(settings.home / "logs"),
        "DBT_WARN_ERROR_OPTIONS": json.dumps(SILENCED),
        "FUNNEL_DBT_PROJECT": str(DBT_PROJECT),
    }


def _with_variables(settings: Settings, arguments: list[str]) -> list[str]:
    """The arguments with the vars of the run, over which those that were given win."""
    if not arguments or arguments[0].startswith("-") or "--help" in arguments:
        return arguments
    rest, own = _split_variables(arguments)
    return [*rest, VARIABLES, json.dumps({**model_variables(settings), **own})]


def _split_variables(arguments: list[str]) -> tuple[list[str], Mapping[str, Any]]:
    for place, argument in enumerate(arguments):
        name, equals, text = argument.partition("=")
        if name != VARIABLES:
            continue
        after = place + (1 if equals else 2)
        text = text if equals else "".join(arguments[place + 1 : after])
        try:
            own = yaml.safe_load(text)
        except yaml.YAMLError:
            own = None
        if not isinstance(own, dict):
            raise UsageError(f"{VARIABLES} {text}: expected a mapping, such as '{{name: value}}'")
        return [*arguments[:place], *arguments[after:]], own
    return arguments, {}
