"""What every step of a run gets: its settings, and what was read for them, once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg

from expectations.limits import Limits, read_limits
from orchestration.home import lock
from orchestration.home.records import complete_build
from pipelines.errors import UsageError
from pipelines.load import LoadReport
from pipelines.load.landing import Landing, discover
from pipelines.rules import Rules, load_rules
from pipelines.settings import Settings, Variables, default_home

RESOURCE = "funnel"
CONFIG_TYPES = {bool: bool, int: int}


@dataclass
class RunContext:
    """One run; `requested_day` is the as-of day if somebody chose it."""

    settings: Settings
    requested_day: date | None = None
    load_report: LoadReport | None = None

    @cached_property
    def landing(self) -> Landing:
        """The files that can be loaded."""
        return discover(self.settings)

    @cached_property
    def rules(self) -> Rules:
        """The checked rules."""
        return load_rules(self.settings.rules)

    @cached_property
    def limits(self) -> Limits:
        """What the gates count as improbable."""
        return read_limits(self.settings.home)

    @cached_property
    def of_last_build(self) -> Settings:
        """The settings that single models are built with: those of the last complete build.

        Raises UsageError if there is none, or if another day was asked for.
        """
        home = self.settings.home
        build = complete_build(home)
        if self.requested_day not in {None, build.inputs.as_of}:
            raise UsageError(
                f"{home} reports {build.inputs.as_of}, and so do single models; run the whole job"
                f" to report {self.requested_day}"
            )
        return build.run.settings(home).replace(full=False)


def run_config(settings: Settings) -> dict[str, Any]:
    """The run configuration that gives every step these settings."""
    config = settings.model_dump(mode="json", exclude_defaults=True)
    return {
        "resources": {RESOURCE: {"config": config}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }


def context_from(config: Mapping[str, Any]) -> RunContext:
    """What a run configuration says; raises UsageError for a bad value.

    A run that starts before midnight must not report another day after it.
    """
    given = {name: value for name, value in config.items() if value not in ("", None)}
    variables = Variables.checked(given.pop("variables", {}))
    home = Path(given.pop("home", default_home())).resolve()
    day = date.fromisoformat(given.pop("as_of")) if "as_of" in given else None
    settings = Settings.model_validate(
        {
            "landing": home / "demo" / "landing",
            "as_of": day or variables.yesterday(),
            **given,
            "home": home,
            "variables": variables,
        }
    )
    return RunContext(settings, day)


def funnel_resource(prepared: RunContext | None = None) -> dg.ResourceDefinition:
    """The run's context as a resource that holds the home; `prepared` has it read already."""

    @dg.resource(config_schema=_config_schema())
    def funnel(initialized: dg.InitResourceContext) -> Iterator[RunContext]:
        context = prepared or context_from(initialized.resource_config)
        lock.hold(context.settings.home)
        try:
            yield context
        finally:
            # the command line goes on with the home after the job
            if prepared is None:
                lock.release(context.settings.home)

    return funnel


def _config_schema() -> dict[str, Any]:
    """Every field of the settings, none of them required."""
    variables = {
        name: dg.Field(CONFIG_TYPES.get(type(field.default), str), is_required=False)
        for name, field in Variables.model_fields.items()
    }
    fields = {
        name: dg.Field(CONFIG_TYPES.get(type(field.default), str), is_required=False)
        for name, field in Settings.model_fields.items()
        if name != "variables"
    }
    return {**fields, "variables": dg.Field(variables, is_required=False)}
