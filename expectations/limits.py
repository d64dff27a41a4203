"""What counts as improbable: the shipped `gates.toml`, changed key by key by a company's own."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model
from pydantic_core import PydanticCustomError

from pipelines.errors import UsageError
from pipelines.feeds import FEEDS_BY_NAME

SHIPPED = Path(__file__).with_name("gates.toml")
SEVERITIES = ("warns", "blocks")

Section = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds and severities by section, such as `raw.volume`."""

    sections: Mapping[str, Section]

    def __getitem__(self, section: str) -> Section:
        return self.sections[section]


class Table(BaseModel):
    """A table of limits; another key than the shipped ones is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read_limits(changes: Mapping[str, Any] | None = None) -> Limits:
    """The limits of a run: by gate and section, the keys that differ from the shipped ones.

    Raises UsageError for a bad section, key or value.
    """
    try:
        gates = GATES.model_validate(changes or {})
    except ValidationError as invalid:
        error = invalid.errors()[0]
        place = ".".join(map(str, error["loc"]))
        raise UsageError(f"gates.{place} = {error['input']!r}: {error['msg']}") from None
    return Limits(
        {
            f"{gate}.{name}": keys
            for gate, sections in gates.model_dump().items()
            for name, keys in sections.items()
        }
    )


def _checked(key: str, shipped: object, value: object) -> object:
    expected = _expected(key, value, shipped)
    if expected:
        raise PydanticCustomError("limit", "expected {expected}", {"expected": expected})
    return value


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


def _table(name: str, shipped: Mapping[str, Any]) -> type[BaseModel]:
    """The model of a table: the same keys, of the same kinds, with the same values by default."""
    fields: dict[str, Any] = {}
    for key, value in shipped.items():
        if isinstance(value, dict):
            table = _table(f"{name}.{key}", value)
            fields[key] = (table, Field(default_factory=table))
        else:
            fields[key] = (Annotated[Any, BeforeValidator(partial(_checked, key, value))], value)
    return create_model(name, __base__=Table, **fields)


GATES = _table("gates", tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
