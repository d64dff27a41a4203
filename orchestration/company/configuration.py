"""What holds for a command: its options, then FUNNEL_HOME, then `funnel.toml`, then defaults."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from expectations.limits import GATES
from orchestration.build.root import FILE as PROJECT_FILE
from orchestration.company.keys import COMPANY_FILE, key_of
from orchestration.company.reading import FILE, Company, find_company, read_company
from orchestration.published.export.lists import ExportList
from pipelines.errors import UsageError
from pipelines.limits import Limits
from pipelines.settings import (
    DBT_PROJECT,
    PLAIN,
    PROJECT,
    SHIPPED_RULES,
    Alerts,
    Retention,
    Settings,
    Source,
    Spark,
)
from pipelines.variables import Variables

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Options:
    """What a command line says; None and empty where it says nothing."""

    home: Path | None = None
    landing: Path | None = None
    rules: Path | None = None
    mapping: str | None = None
    project: Path | None = None
    assignments: tuple[str, ...] = ()
    engine: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A value that holds, and where it comes from."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that holds, by the dotted keys of the file; `company` is the file, if there is one."""

    company: Company | None
    variables: Variables
    held: Mapping[str, Held]

    @property
    def name(self) -> str:
        return str(self.held["name"].value)

    @property
    def home(self) -> Path:
        return Path(self.held["home"].value)

    @property
    def readers(self) -> str:
        """The group that may read what is published; blank for nobody."""
        return str(self.held["readers"].value)

    @property
    def refresh_at(self) -> str:
        """The time of the daily refresh in the reporting time zone, HH:MM."""
        return str(self.held["refresh_at"].value)

    @property
    def rules(self) -> Path:
        return Path(self.held["rules"].value)

    @property
    def project(self) -> Path:
        """The dbt project of a run: that of the folder of the file, if it has one."""
        return Path(self.held["project"].value)

    @property
    def lists(self) -> dict[str, ExportList]:
        """The lists for a CRM that the file declares, by name."""
        tables = self._table("lists")
        return {name: ExportList.model_validate(table) for name, table in tables.items()}

    @property
    def engine(self) -> dict[str, Any]:
        """What builds the models, and where they run if that is Spark, as the settings have it."""
        spark = self._table("spark", but_defaults=True)
        return {"engine": self.held["engine"].value, "spark": spark}

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the file, or that of the command line; none where neither has one."""
        return tuple(
            Source.model_validate({"name": name, **table})
            for name, table in self._table("sources").items()
        )

    @property
    def gates(self) -> dict[str, Any]:
        """The limits that differ from the shipped ones."""
        return self._table("gates", but_defaults=True)

    @property
    def retention(self) -> Retention:
        return Retention.model_validate(self._table("retention"))

    @property
    def alerts(self) -> Alerts:
        return Alerts.model_validate(self._table("alerts"))

    @property
    def limits(self) -> Limits:
        """What a file of a source may ask for."""
        return Limits.model_validate(self._table("limits"))

    def settings(self, as_of: date | None, **others: Any) -> Settings:
        """The settings of a run, by default for yesterday; raises UsageError without a source."""
        if not self.sources:
            file = self.company.path if self.company else FILE
            raise UsageError(f"{file} has no [sources.NAME]; add one, or give --landing")
        try:
            return Settings(
                home=self.home,
                sources=self.sources,
                as_of=as_of or self.variables.yesterday(),
                rules=self.rules,
                project=self.project,
                variables=self.variables,
                gates=self.gates,
                retention=self.retention,
                limits=self.limits,
                company=self.name,
                readers=self.readers,
                **self.engine,
                **others,
            )
        except ValidationError as invalid:
            raise UsageError(invalid.errors()[0]["msg"]) from None

    def _table(self, name: str, *, but_defaults: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, held in self.held.items():
            if key.startswith(f"{name}.") and not (but_defaults and held.origin == DEFAULT):
                _, *tables, last = key.split(".")
                place = found
                for table in tables:
                    place = place.setdefault(table, {})
                place[last] = held.value
        return found


def configuration(options: Options | None = None) -> Configuration:
    """What holds in the current folder; raises UsageError for a bad file or option."""
    options = options or Options()
    path = find_company()
    company = read_company(path) if path else None
    held = dict(_defaults())
    if company:
        for key, value in company.values.items():
            held[key] = Held(value, _origin(company, key))
        if (company.path.parent / PROJECT_FILE).is_file():
            held["project"] = Held(company.path.parent, PROJECT_FILE)
        if "home" not in company.values:
            held["home"] = Held(company.path.parent / ".funnel", DEFAULT)
    if given := os.environ.get("FUNNEL_HOME"):
        held["home"] = Held(Path(given).resolve(), "FUNNEL_HOME")
    if given := os.environ.get("FUNNEL_ALERTS_WEBHOOK"):
        held["alerts.webhook"] = Held(given, "FUNNEL_ALERTS_WEBHOOK")
    if options.landing:
        held = {key: one for key, one in held.items() if not key.startswith("sources.")}
    held.update(_optional(options))
    names = {name: key_of(name) for name in Variables.model_fields}
    variables = Variables.checked({name: held[key].value for name, key in names.items()})
    for name, key in names.items():
        held[key] = Held(getattr(variables, name), held[key].origin)
    return Configuration(company, variables, held)


def default_home() -> Path:
    """The home of a command that names none."""
    return configuration().home


def _defaults() -> Iterator[tuple[str, Held]]:
    yield "name", Held("", DEFAULT)
    for name, value in Variables().model_dump().items():
        yield key_of(name), Held(value, DEFAULT)
    # a clone keeps the simulated company in its own folder
    folder = PROJECT if (PROJECT / "pyproject.toml").is_file() else Path.cwd()
    yield "home", Held((folder / ".funnel").resolve(), DEFAULT)
    yield "readers", Held("", DEFAULT)
    yield "refresh_at", Held(COMPANY_FILE.model_fields["refresh_at"].default, DEFAULT)
    yield "rules", Held(SHIPPED_RULES, DEFAULT)
    yield "project", Held(DBT_PROJECT, DEFAULT)
    for name, value in Retention().model_dump().items():
        yield f"retention.{name}", Held(value, DEFAULT)
    for name, value in Alerts().model_dump().items():
        yield f"alerts.{name}", Held(value, DEFAULT)
    for name, value in Limits().model_dump().items():
        yield f"limits.{name}", Held(value, DEFAULT)
    yield "engine", Held(Settings.model_fields["engine"].default, DEFAULT)
    for key, value in Spark().model_dump().items():
        yield f"spark.{key}", Held(value, DEFAULT)
    for gate, sections in GATES().model_dump().items():
        for section, limits in sections.items():
            for key, value in limits.items():
                yield f"gates.{gate}.{section}.{key}", Held(value, DEFAULT)


def _origin(company: Company, key: str) -> str:
    line = company.lines[key]
    return f"{FILE} line {line}" if line else FILE


def _optional(options: Options) -> Iterator[tuple[str, Held]]:
    if options.mapping and not options.landing:
        raise UsageError(f"--source {options.mapping} needs --landing, the folder of the exports")
    if options.home:
        yield "home", Held(options.home, "--home")
    if options.rules:
        yield "rules", Held(options.rules, "--rules")
    if options.engine:
        yield "engine", Held(options.engine, "--engine")
    if options.project:
        yield "project", Held(options.project, "--project")
    if options.landing:
        yield f"sources.{PLAIN}.landing", Held(options.landing, "--landing")
    if options.mapping:
        yield f"sources.{PLAIN}.mapping", Held(options.mapping, "--source")
    for name, text in Variables.assigned(options.assignments).items():
        yield key_of(name), Held(text, "--set")
