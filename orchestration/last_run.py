"""What the published marts of a home were made with, for the commands that look at them."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.settings import Settings, Variables

FILE = "last_run.json"


def remember(settings: Settings) -> None:
    """Note the settings of the run that has just published."""
    content = {
        "as_of": settings.as_of.isoformat(),
        "landing": str(settings.landing),
        "rules": str(settings.rules),
        "source": settings.source,
        "variables": asdict(settings.variables),
    }
    target = settings.home / FILE
    fresh = target.with_suffix(".next")
    fresh.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(target)


def last_run(home: Path) -> Settings:
    """The settings of the run that published last; raises UsageError if there is none."""
    path = home / FILE
    if not path.exists():
        raise UsageError(f"nothing was published in {home} yet; run `funnel refresh` first")
    content = json.loads(path.read_text(encoding="utf-8"))
    return Settings(
        home=home,
        landing=Path(content["landing"]),
        as_of=date.fromisoformat(content["as_of"]),
        rules=Path(content["rules"]),
        source=content["source"],
        variables=Variables(**content["variables"]),
    )
