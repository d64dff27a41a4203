"""What every step of a run gets: its settings, and what was read for them, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from expectations.limits import Limits, read_limits
from orchestration.company.configuration import Options, configuration
from orchestration.home.records import complete_build
from pipelines.errors import UsageError
from pipelines.load import LoadReport
from pipelines.load.landing import Landing, discover
from pipelines.rules import Rules, load_rules
from pipelines.settings import Settings, Source
from pipelines.variables import Variables


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
        """What the gates count as improbable; raises UsageError for limits in an old place."""
        old = self.settings.home / "gates.toml"
        if old.is_file():
            raise UsageError(
                f"{old} is no longer read: move its sections to funnel.toml, [raw.volume] as"
                " [gates.raw.volume], and remove the file (docs/company-folder.md)"
            )
        return read_limits(self.settings.gates)

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
        return build.run.settings(home).replace(full=False, gates=self.settings.gates)


def context_from(config: Mapping[str, Any]) -> RunContext:
    """What a run configuration says; raises UsageError for a bad value.

    A run that starts before midnight must not report another day after it.
    """
    given = {name: value for name, value in config.items() if value not in ("", None)}
    chosen = configuration(Options(home=Path(given["home"]).resolve() if "home" in given else None))
    variables = Variables.checked({**chosen.variables.model_dump(), **given.pop("variables", {})})
    day = date.fromisoformat(given.pop("as_of")) if "as_of" in given else None
    sources = chosen.sources or (Source(landing=chosen.home / "demo" / "landing"),)
    settings = Settings.model_validate(
        {
            "sources": sources,
            "as_of": day or variables.yesterday(),
            "rules": chosen.rules,
            "project": chosen.project,
            "limits": chosen.limits,
            "gates": chosen.gates,
            "retention": chosen.retention,
            **chosen.engine,
            "company": chosen.name,
            "readers": chosen.readers,
            **given,
            "home": chosen.home,
            "variables": variables,
        }
    )
    return RunContext(settings, day)
