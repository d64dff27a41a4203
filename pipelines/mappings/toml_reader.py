"""Values of a TOML table, taken by their type, with every mistake collected."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipelines.load.relation import normalized


class TomlReader:
    """Reads tables and remembers in `errors` what is wrong with them.

    `at` says where a table is; what is wrong has the default instead.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []

    def known(self, content: dict[str, Any], at: str, keys: set[str]) -> None:
        for key in content:
            if key not in keys:
                place = f"{at}: " if at else ""
                self.errors.append(f"{place}unknown key `{key}`; known: {', '.join(sorted(keys))}")

    def take(self, content: dict[str, Any], at: str, key: str, kind: type, default: Any) -> Any:
        value = content.get(key, default)
        if key in content and type(value) is not kind:
            names: dict[type, str] = {
                **{str: "text", int: "a whole number", bool: "true or false"},
                **{dict: "a table", list: "a list of tables"},
            }
            place = f"{at}: " if at else ""
            self.errors.append(f"{place}`{key}` must be {names[kind]}")
            return default
        return value

    def texts(self, content: dict[str, Any], at: str, key: str) -> tuple[str, ...]:
        value = content.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(text, str) for text in values):
            self.errors.append(f"{at}: `{key}` must be text or a list of texts")
            return ()
        return tuple(values)

    def columns(self, content: dict[str, Any], at: str, key: str) -> tuple[str, ...]:
        return tuple(normalized(name) for name in self.texts(content, at, key))

    def timezone(self, content: dict[str, Any], at: str, default: str | None) -> str | None:
        name = self.take(content, at, "timezone", str, default)
        try:
            return name and ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            place = f"{at}: " if at else ""
            self.errors.append(f"{place}`{name}` is not a time zone name such as Asia/Tokyo")
            return default
