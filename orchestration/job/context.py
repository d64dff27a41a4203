"""What every step of a run gets: its settings, and what was read for them, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from expectations.limits import Limits, read_limits
from orchestration.home.records import complete_build
from pipelines.errors import UsageError
from pipelines.load import LoadReport
from pipelines.load.landing import Landing, discover
from pipelines.rules import Rules, load_rules
from pipelines.settings import Settings, default_home
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
            "sources": [{"landing": home / "demo" / "landing"}],
            "as_of": day or variables.yesterday(),
            **given,
            "home": home,
            "variables": variables,
        }
    )
    return RunContext(settings, day)
