"""Stands in for dbt's adapter under sqlfluff: what it dispatches becomes a function call."""

import re
from collections.abc import Callable


def dispatch(name: str, _package: str = "dbt") -> Callable[..., str]:
    """Give a function that renders what looks like SQL as it is and anything else as a text."""

    def rendered(*given: object, **_options: object) -> str:
        arguments = [*map(str, given[:1]), *map(_argument, given[1:])]
        return f"{name}({', '.join(arguments)})"

    return rendered


def quote(name: str) -> str:
    """Quote a name as DuckDB does."""
    return f'"{name}"'


def _argument(value: object) -> str:
    return str(value) if re.fullmatch(r"[\w.]+|'[^']*'", str(value)) else "'...'"
