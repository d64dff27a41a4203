"""What counts as improbable: the shipped `gates.toml`, changed key by key by the home's own."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.feeds import FEEDS_BY_NAME

SHIPPED = Path(__file__).parent / "gates.toml"
SEVERITIES = ("warns", "blocks")

Section = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds and severities by section, such as `raw.volume`."""

    sections: Mapping[str, Section]

    def __getitem__(self, section: str) -> Section:
        return self.sections[section]


def read_limits(home: Path) -> Limits:
    """The limits of a run; raises UsageError for a bad key or value in the home's file."""
    sections = _sections(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    own = home / "gates.toml"
    if own.is_file():
        for name, changes in _own_sections(own).items():
            if name not in sections:
                raise UsageError(f"{own}: unknown section [{name}]; known: {_listed(sections)}")
            for key, value in changes.items():
                _check(f"{own}: [{name}]", key, value, sections[name])
            sections[name] |= changes
    return Limits(sections)


def _own_sections(path: Path) -> dict[str, Section]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: {error}") from None
    for gate, names in content.items():
        if not isinstance(names, dict) or not all(
            isinstance(keys, dict) for keys in names.values()
        ):
            raise UsageError(f"{path}: expected sections such as [raw.volume], found {gate}")
    return _sections(content)


def _sections(content: Mapping[str, Mapping[str, Section]]) -> dict[str, Section]:
    return {
        f"{gate}.{name}": dict(keys)
        for gate, names in content.items()
        for name, keys in names.items()
    }


def _check(place: str, key: str, value: object, shipped: Section) -> None:
    if key not in shipped:
        raise UsageError(f"{place} unknown key {key}; known: {_listed(shipped)}")
    expected = _expected(key, value, shipped[key])
    if expected:
        raise UsageError(f"{place} {key} = {value!r}: expected {expected}")


def _expected(key: str, value: object, shipped: object) -> str | None:
    """What was expected instead, or None for a good value."""
    if key == "severity":
        return None if value in SEVERITIES else " or ".join(SEVERITIES)
    if key == "feeds":
        known = isinstance(value, list) and all(feed in FEEDS_BY_NAME for feed in value)
        return None if known else f"a list of {_listed(FEEDS_BY_NAME)}"
    whole = isinstance(shipped, int)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or (whole and isinstance(value, float))
    ):
        return "a whole number" if whole else "a number"
    highest = 1 if key.endswith("_share") else 100_000
    return None if 0 <= value <= highest else f"0 to {highest}"


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(names)
