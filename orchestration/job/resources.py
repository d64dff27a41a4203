"""The run's settings as a Dagster resource, so that every step of a run sees the same ones."""

from datetime import date
from pathlib import Path

import dagster as dg
from pydantic import Field

from orchestration.home import lock as locking
from pipelines.settings import SHIPPED_RULES, Settings, Variables, default_home, parse_variables

_settings_of_runs: dict[str, Settings] = {}


class FunnelResource(dg.ConfigurableResource):
    """What `funnel refresh` takes on its command line; the defaults serve `make dev`."""

    landing: str = ""
    home: str = ""
    rules: str = str(SHIPPED_RULES)
    source: str | None = None
    as_of: str | None = None
    full: bool = False
    variables: list[str] = Field(default_factory=list)

    def settings(self, run_id: str) -> Settings:
        """Resolve once per run and take the home for it.

        A run that starts before midnight must not report another day after it.
        """
        if run_id not in _settings_of_runs:
            _settings_of_runs[run_id] = self.resolve()
        settings = _settings_of_runs[run_id]
        locking.hold(settings.home)
        return settings

    def resolve(self) -> Settings:
        variables = parse_variables(tuple(self.variables))
        home = Path(self.home).resolve() if self.home else default_home()
        return Settings(
            home=home,
            landing=Path(self.landing).resolve() if self.landing else home / "demo" / "landing",
            as_of=date.fromisoformat(self.as_of) if self.as_of else variables.yesterday(),
            rules=Path(self.rules).resolve(),
            source=self.source,
            full=self.full,
            variables=variables,
        )


def run_config(settings: Settings) -> dict:
    """The run configuration that gives every step these settings."""
    defaults = Variables()
    variables = [
        f"{name}={getattr(settings.variables, name)}"
        for name in Variables.__dataclass_fields__
        if getattr(settings.variables, name) != getattr(defaults, name)
    ]
    config = {
        "landing": str(settings.landing),
        "home": str(settings.home),
        "rules": str(settings.rules),
        "as_of": settings.as_of.isoformat(),
        "full": settings.full,
        "variables": variables,
    }
    if settings.source:
        config["source"] = settings.source
    return {
        "resources": {"funnel": {"config": config}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
