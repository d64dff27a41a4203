"""MetricFlow over the published marts: the metrics that stand in the YAML beside them.

MetricFlow's own `mf` reads the pipeline's warehouse and asks the network for newer versions of
itself when it starts; its commands, called from here, do neither.
"""

import inspect
import logging
import sys
from functools import cached_property, partial, wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import duckdb
from dbt_metricflow.cli import main as cli
from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from metricflow.data_table.mf_table import MetricFlowDataTable
from metricflow.engine.metricflow_engine import MetricFlowEngine
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow.sql.render.sql_plan_renderer import SqlPlanRenderer
from metricflow_semantic_interfaces.protocols.semantic_manifest import SemanticManifest
from metricflow_semantics.errors.error_classes import InformativeUserError, SemanticException
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.sql.sql_bind_parameters import SqlBindParameterSet

from orchestration.build.inputs import digest
from orchestration.build.project import parse, project_digest
from orchestration.console import say
from orchestration.home.kept import are_kept, digests_of, tell_damage
from orchestration.home.records import published_run, read_records, update_records
from orchestration.published.reading import open_published
from pipelines.errors import FunnelError, UsageError
from pipelines.settings import Settings

NO_PARAMETERS = SqlBindParameterSet()
DEFINITIONS = "metrics/semantic_manifest.json"
# warns of each metric that dbt has made from a measure, as `create_metric` asks it to
PROXY_METRICS = "metricflow_semantic_interfaces.transformations.fix_proxy_metrics"


class PublishedMarts:
    """MetricFlow's SQL client; holds the file open only during a query."""

    sql_engine_type: SqlEngine = SqlEngine.DUCKDB
    sql_plan_renderer: SqlPlanRenderer = DuckDbSqlPlanRenderer()

    def __init__(self, home: Path) -> None:
        self._home = home

    def query(
        self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = NO_PARAMETERS
    ) -> MetricFlowDataTable:
        """The rows of a statement."""
        if sql_bind_parameter_set.param_dict:
            raise FunnelError(f"MetricFlow sent parameters: {sql_bind_parameter_set}")
        with open_published(self._home) as connection:
            found = connection.execute(stmt)
            names = [column[0] for column in found.description]
            return MetricFlowDataTable.create_from_rows(names, found.fetchall())

    def execute(
        self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = NO_PARAMETERS
    ) -> None:
        self.query(stmt, sql_bind_parameter_set)

    def dry_run(
        self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = NO_PARAMETERS
    ) -> None:
        self.query(f"explain {stmt}", sql_bind_parameter_set)

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        return f"${bind_parameter_key}"

    def close(self) -> None:
        """Nothing is open between two queries."""


class PublishedConfiguration(CLIConfiguration):
    """Where MetricFlow's commands find the definitions and the rows."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._settings = published_run(home)

    def setup(
        self,
        dbt_profiles_path: Path | None = None,  # noqa: ARG002 - where everything is, is known
        dbt_project_path: Path | None = None,  # noqa: ARG002
        configure_file_logging: bool = True,
    ) -> None:
        if configure_file_logging:
            self.log_file_path.parent.mkdir(parents=True, exist_ok=True)
            self._configure_logging(self.log_file_path)
        self._is_setup = True

    @property
    def log_file_path(self) -> Path:
        return self._settings.home / "logs" / self.LOG_FILE_NAME

    @cached_property
    def sql_client(self) -> PublishedMarts:
        return PublishedMarts(self._settings.home)

    @cached_property
    def semantic_manifest(self) -> SemanticManifest:
        return published_definitions(self._settings)


def _with_own_errors(command: click.Command) -> click.Command:
    """The command with this project's error messages in place of MetricFlow's.

    MetricFlow's own handler asks to report each misspelt name as a bug, with exit status 1.
    """
    if isinstance(command, click.Group):
        for part in command.commands.values():
            _with_own_errors(part)
        return command
    assert command.callback is not None
    ask = inspect.unwrap(command.callback)

    @wraps(ask)
    def answer(configuration: PublishedConfiguration, **options: Any) -> None:
        try:
            ask(configuration, **options)
        except FunnelError:
            raise
        except (InformativeUserError, SemanticException, duckdb.Error, OSError) as error:
            raise UsageError(str(error).strip()) from None
        except Exception as error:
            logging.getLogger(__name__).exception("MetricFlow failed")
            raise FunnelError(
                f"MetricFlow failed: {type(error).__name__}: {error}\n"
                f"(traceback in {configuration.log_file_path})"
            ) from error

    command.callback = click.make_pass_decorator(PublishedConfiguration)(answer)
    return command


def commands() -> dict[str, click.Command]:
    """MetricFlow's `list` and `query`, with its spinner in a terminal only."""
    vars(cli)["Halo"] = partial(vars(cli)["Halo"], enabled=sys.stdout.isatty())
    return {"list": _with_own_errors(cli.list_command_group), "query": _with_own_errors(cli.query)}


def metrics_engine(home: Path) -> MetricFlowEngine:
    """The engine that runs `MetricFlowQueryRequest`s on the published marts of a home."""
    return PublishedConfiguration(home).mf


def published_definitions(settings: Settings) -> SemanticManifest:
    """The metrics as dbt reads them, kept until the project or the reporting time zone changes."""
    home = settings.home
    zone = settings.variables.reporting_timezone
    parsed = digest(
        project_digest(settings.project), version("dbt-core"), zone, str(settings.project)
    )
    records = read_records(home)
    if records.metrics != parsed or not are_kept(home, records, [DEFINITIONS]):
        tell_damage(home, records, [DEFINITIONS])
        say("reading the definitions of the metrics")
        variables = {"as_of_date": settings.as_of.isoformat(), "reporting_timezone": zone}
        parse(
            home,
            (home / DEFINITIONS).parent,
            variables,
            "--target",
            "published",
            root=settings.project,
        )
        update_records(home, digests_of(home, [DEFINITIONS]), metrics=parsed)
    logging.getLogger(PROXY_METRICS).setLevel(logging.ERROR)
    return parse_manifest_from_dbt_generated_manifest(
        (home / DEFINITIONS).read_text(encoding="utf-8")
    )
