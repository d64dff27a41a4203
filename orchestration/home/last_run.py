"""What the published marts of a home were made with, for the commands that look at them."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.files import atomic_write
from pipelines.settings import Settings, Variables

FILE = "last_run.json"


def remember(settings: Settings, state: dict[str, str]) -> None:
    """Note the settings of the run that has just published, and the state that it published."""
    content = {
        "state": state,
        "as_of": settings.as_of.isoformat(),
        "landing": str(settings.landing),
        "rules": str(settings.rules),
        "source": settings.source,
        "variables": asdict(settings.variables),
    }
    _write(settings.home / FILE, content)


def published_state(home: Path) -> dict[str, str] | None:
    """The state that is published and that the models of the warehouse still show, if any."""
    path = home / FILE
    if not path.exists():
        return None
    return json.loads(path.read_text(encoding="utf-8")).get("state")


def forget_state(home: Path) -> None:
    """Note that the models are about to change, so that a run that fails is not taken for done."""
    path = home / FILE
    if path.exists():
        _write(path, {**json.loads(path.read_text(encoding="utf-8")), "state": None})


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


def other_landing(settings: Settings) -> Path | None:
    """The landing folder that the home was filled from before, if it is not that of the settings.

    Compared by name: a folder that has moved looks like another one.
    """
    if not (settings.home / FILE).exists():
        return None
    before = last_run(settings.home).landing.resolve()
    return None if before == settings.landing else before


def _write(target: Path, content: dict[str, Any]) -> None:
    atomic_write(target, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
