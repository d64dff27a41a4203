"""Marts as multisets of rows: texts exact, instants in UTC, numbers within a tolerance."""

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.reference.feeds import Row

TOLERANCE = 1e-6
Cell = str | float | None


def differences(expected: list[Row], actual: list[Row], columns: list[str]) -> list[str]:
    """What stands on one side only, as readable lines; empty if both say the same."""
    numeric = [
        name for name in columns if _is_numeric(name, expected) and _is_numeric(name, actual)
    ]
    exact = [name for name in columns if name not in numeric]
    left, right = _grouped(expected, exact, numeric), _grouped(actual, exact, numeric)
    found: list[str] = []
    for key in sorted(left.keys() | right.keys(), key=repr):
        ours, theirs = left.get(key, []), right.get(key, [])
        if len(ours) != len(theirs) or not all(map(_close, ours, theirs)):
            shown = dict(zip(exact, key, strict=True))
            found.append(
                f"{shown}: expected {_named(numeric, ours)}, got {_named(numeric, theirs)}"
            )
    return found


def _named(names: list[str], groups: list[tuple[float | None, ...]]) -> list[Any]:
    return [dict(zip(names, group, strict=True)) for group in groups] if names else [len(groups)]


def _grouped(
    rows: list[Row], exact: list[str], numeric: list[str]
) -> dict[tuple[Cell, ...], list[tuple[float | None, ...]]]:
    groups: dict[tuple[Cell, ...], list[tuple[float | None, ...]]] = {}
    for row in rows:
        key = tuple(_text(row[name]) for name in exact)
        groups.setdefault(key, []).append(tuple(_number(row[name]) for name in numeric))
    return {key: sorted(group, key=_nulls_first) for key, group in groups.items()}


def _nulls_first(numbers: tuple[float | None, ...]) -> list[float]:
    return [-math.inf if number is None else number for number in numbers]


def _close(ours: tuple[float | None, ...], theirs: tuple[float | None, ...]) -> bool:
    return all(
        one is other
        if one is None or other is None
        else math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        for one, other in zip(ours, theirs, strict=True)
    )


def _is_numeric(name: str, rows: list[Row]) -> bool:
    if name.endswith("_id"):
        return False
    try:
        for row in rows:
            if not isinstance(row[name], date | bool):
                _number(row[name])
            elif row[name] is not None:
                return False
    except ValueError:
        return False
    return True


def _number(value: Any) -> float | None:
    return None if value is None or value == "" else float(value)


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds") + "Z"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal | float):
        return str(float(value))
    return str(value)
