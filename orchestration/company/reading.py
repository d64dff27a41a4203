"""Finds and reads the `funnel.toml` of the folder that a command runs in, or of one above."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orchestration.company.keys import AT_TOP, COMPANY_FILE, SOURCE, THRESHOLDS
from orchestration.company.lines import Key, line_of, lines_of
from orchestration.published.export.lists import ExportList
from pipelines.errors import UsageError
from pipelines.mappings.names import shipped_names
from pipelines.variables import Variables
from pipelines.wording import nearest

FILE = "funnel.toml"
KINDS = {
    "string_type": "expected a text",
    "path_type": "expected a text",
    "model_type": "expected a table",
    "dict_type": "expected a table",
    "string_too_short": "expected a text that is not blank",
    "string_pattern_mismatch": "expected letters, digits, - and _",
}


@dataclass(frozen=True, slots=True)
class Company:
    """A checked file: what it says, by dotted key, with paths resolved, and the line of each."""

    path: Path
    values: Mapping[str, Any]
    lines: Mapping[str, int | None]


def find_company(start: Path | None = None) -> Path | None:
    """The nearest `funnel.toml` in a folder (by default the current one) or above it."""
    folder = (start or Path.cwd()).resolve()
    found = (place / FILE for place in (folder, *folder.parents))
    return next((path for path in found if path.is_file()), None)


def read_company(path: Path) -> Company:
    """Read and check a file; raises UsageError with every error, each with its line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: {error}") from None
    lines = lines_of(text)
    try:
        checked = COMPANY_FILE.model_validate(content)
        given = checked.model_dump(mode="json", exclude_unset=True)
        variables = {name: given[name] for name in AT_TOP if name in given}
        Variables.model_validate({**variables, **given.get("thresholds", {})})
    except ValidationError as invalid:
        errors = [f"{path}{_told(error, lines)}" for error in invalid.errors()]
        raise UsageError("\n".join(errors)) from None
    values = {".".join(key): _resolved(path.parent, key, value) for key, value in _flat(given)}
    return Company(path, values, {key: line_of(lines, tuple(key.split("."))) for key in values})


def _flat(table: Mapping[str, Any], above: Key = ()) -> Iterator[tuple[Key, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, (*above, key))
        else:
            yield (*above, key), value


def _resolved(folder: Path, key: Key, value: Any) -> Any:
    """The value, a path in it as seen from the folder of the file."""
    is_path = key in {("home",), ("rules",)} or (key[0] == "sources" and key[-1] == "landing")
    is_spark = key == ("spark", "path") and "://" not in str(value)
    is_file = key[0] == "sources" and key[-1] == "mapping" and value not in shipped_names()
    if value is None or not (is_path or is_file or is_spark):
        return value
    path = (folder / Path(value).expanduser()).resolve()
    return path if is_path else str(path)


def _told(error: ErrorDetails, lines: Mapping[Key, int]) -> str:
    key = tuple(str(part) for part in error["loc"] if part != "[key]")
    line = line_of(lines, key)
    place = f", line {line}: " if line else ": "
    dotted = ".".join(key)
    if error["type"] == "extra_forbidden":
        return f"{place}unknown key {dotted}: {_instead(key)}"
    if error["type"] == "missing":
        return f"{place}{dotted} is missing"
    if not key:
        return f"{place}{error['msg']}"
    return f"{place}{dotted} = {error['input']!r}: {KINDS.get(error['type'], error['msg'])}"


def _instead(key: Key) -> str:
    """Where a key belongs, or which one was meant."""
    name = key[-1]
    if name in AT_TOP and len(key) > 1:
        return "it belongs at the top of the file, before the first table"
    if name in THRESHOLDS:
        return "it belongs in [thresholds]"
    if key[0] in {"raw", "marts"}:
        return f"it belongs in [gates.{'.'.join(key[:2])}]"
    known = _known(key[:-1])
    meant = nearest(name, known)
    return f"did you mean {meant}?" if meant else f"expected one of {', '.join(known)}"


def _known(table: Key) -> list[str]:
    """The keys of a table of the file."""
    if table[:1] == ("sources",):
        return list(SOURCE.model_fields)
    if table[:1] == ("lists",):
        return list(ExportList.model_fields)
    model: type[BaseModel] = COMPANY_FILE
    for part in table:
        inner = model.model_fields[part].annotation
        assert isinstance(inner, type)
        model = inner
    return list(model.model_fields)
