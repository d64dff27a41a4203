"""What may stand in `funnel.toml`: one description of each key, for reading, writing and docs."""

from collections.abc import Collection
from datetime import datetime
from types import GenericAlias
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    create_model,
)
from pydantic_core import PydanticCustomError

from expectations.limits import GATES
from orchestration.published.export.lists import ExportList
from pipelines.limits import Limits
from pipelines.settings import Alerts, Retention, Settings, Source, Spark, fit_together
from pipelines.variables import Variables

# the variables that stand at the top of the file; all others are thresholds
AT_TOP = ("reporting_timezone", "source_timezone", "fiscal_year_start_month", "language")
THRESHOLDS = tuple(name for name in Variables.model_fields if name not in AT_TOP)

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Table(BaseModel):
    """A table of the file; another key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _table(name: str, model: type[BaseModel], keys: Collection[str]) -> type[Table]:
    """The table of some fields of a model, with their types, defaults and descriptions."""
    fields: dict[str, Any] = {
        key: (field.annotation, field) for key, field in model.model_fields.items() if key in keys
    }
    return create_model(name, __base__=Table, **fields)


def _sources(tables: object) -> object:
    """Check the prefixes of all sources together; each table is checked by itself."""
    if not isinstance(tables, dict):
        return tables
    sources = [
        Source.model_construct(name=name, id_prefix=table.get("id_prefix", ""))
        for name, table in tables.items()
        if isinstance(table, dict) and isinstance(table.get("id_prefix", ""), str)
    ]
    try:
        if sources:
            fit_together(sources)
    except ValueError as error:
        raise PydanticCustomError("sources", "{text}", {"text": str(error)}) from None
    return tables


def _time(text: str) -> str:
    try:
        return f"{datetime.strptime(text, '%H:%M'):%H:%M}"
    except ValueError:
        raise PydanticCustomError("time", "expected a time as HH:MM") from None


SourceName = Annotated[str, Source.model_fields["name"].metadata[0]]
SPARK = _table("SparkTable", Spark, Spark.model_fields)
SOURCE = _table("SourceTable", Source, [key for key in Source.model_fields if key != "name"])

_FIELDS: dict[str, Any] = {
    "name": (Text, Field(default="", description="name of the company, which the dashboard shows")),
    **{
        key: (field.annotation, field)
        for key, field in _table("Top", Variables, AT_TOP).model_fields.items()
    },
    "home": (
        Text,
        Field(
            default=".funnel",
            description="folder that everything is written to, marts.duckdb and dashboard.html too",
        ),
    ),
    "readers": (
        Text,
        Field(
            default="",
            description="group that may read marts.duckdb, dashboard.html and exports; without it"
            " nobody but the owner",
            examples=["analysts"],
        ),
    ),
    "refresh_at": (
        Annotated[str, AfterValidator(_time)],
        Field(
            default="05:30",
            description="time of the daily refresh in the reporting time zone, where Dagster runs",
        ),
    ),
    "rules": (
        Text | None,
        Field(
            default=None,
            description="folder with the rule CSVs; without it the shipped ones",
            examples=["rules"],
        ),
    ),
    "engine": (
        Settings.model_fields["engine"].annotation,
        Field(
            default="duckdb",
            description="what builds the models: duckdb, or spark where one machine is too small",
        ),
    ),
    "sources": (
        Annotated[GenericAlias(dict, (SourceName, SOURCE)), BeforeValidator(_sources)],
        Field(default={}, description="the systems that deliver files, one table each"),
    ),
    "spark": (
        SPARK,
        Field(default={}, description="where the models run if the engine is spark"),
    ),
    "thresholds": (
        _table("Thresholds", Variables, THRESHOLDS),
        Field(default={}, description="the variables of `funnel refresh --set`"),
    ),
    "lists": (
        GenericAlias(dict, (SourceName, ExportList)),
        Field(default={}, description="lists for a CRM beside those that are shipped"),
    ),
    "retention": (
        _table("RetentionTable", Retention, Retention.model_fields),
        Field(default={}, description="how long what the figures do not need is kept"),
    ),
    "alerts": (
        _table("AlertsTable", Alerts, Alerts.model_fields),
        Field(default={}, description="who is told that a run failed, or that a feed is late"),
    ),
    "limits": (
        _table("LimitsTable", Limits, Limits.model_fields),
        Field(default={}, description="what a file of a source may ask for"),
    ),
    "gates": (GATES, Field(default={}, description="limits of the quality gates")),
}
COMPANY_FILE = create_model("CompanyFile", __base__=Table, **_FIELDS)


def key_of(variable: str) -> str:
    """Where a variable stands in the file."""
    return variable if variable in AT_TOP else f"thresholds.{variable}"
