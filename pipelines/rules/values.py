"""One cell of a rule file: its text to a typed value, and the value to its one canonical text."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from pipelines.rules.attributes import attribute
from pipelines.rules.metrics import metric
from pipelines.rules.seeds import RuleColumn, RuleType

Value = str | int | Decimal | date | bool

_BOOLS = {"true": True, "t": True, "yes": True, "1": True} | {
    "false": False,
    "f": False,
    "no": False,
    "0": False,
}
_WHOLE = re.compile(r"([+-]?[0-9]+)(\.0+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})")
_MOST_DIGITS = 15
_SHOWN = 60


def shown(text: str) -> str:
    """Quote a cell for a message: one line, no control characters, not too long."""
    plain = "".join(character if character.isprintable() else "?" for character in text)
    return f"`{plain if len(plain) <= _SHOWN else plain[:_SHOWN] + '...'}`"


def parse(column: RuleColumn, text: str) -> Value:
    """Read a cell that is not blank; raises ValueError with the reason."""
    if column.type == "text":
        return _one_of(column, text.strip()) if column.one_of else text
    if column.type in _EXACT:
        return _EXACT[column.type](column.name, text)
    stripped = text.strip()
    if column.type == "integer":
        return _in_range(column, _whole(column.name, stripped))
    return _SIMPLE[column.type](column.name, stripped)


def canonical(value: Value | None) -> str:
    """The one text of a value, the same for every way in which it may be written."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain_number(value)
    return str(value)


def plain_number(value: Decimal) -> str:
    """Digits without exponent and without needless zeros."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def number(name: str, text: str) -> Decimal:
    """Read a decimal number of at most 15 digits before and after the point."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{name} {shown(text)} is not a number")
    before, _, after = text.lstrip("+-").partition(".")
    if len(before.lstrip("0")) > _MOST_DIGITS or len(after.rstrip("0")) > _MOST_DIGITS:
        raise ValueError(f"{name} {shown(text)} is out of range")
    return Decimal(text)


def _one_of(column: RuleColumn, text: str) -> str:
    if text not in column.one_of:
        known = ", ".join(column.one_of)
        raise ValueError(f"unknown {column.name} {shown(text)}, expected one of {known}")
    return text


def _whole(name: str, text: str) -> int:
    match = _WHOLE.fullmatch(text)
    if not match:
        raise ValueError(f"{name} {shown(text)} is not a whole number")
    if len(match[1].lstrip("+-0")) > _MOST_DIGITS:
        raise ValueError(f"{name} {shown(text)} is out of range")
    return int(match[1])


def _in_range(column: RuleColumn, whole: int) -> int:
    if column.between is None:
        return whole
    least, greatest = column.between
    if not least <= whole <= greatest:
        raise ValueError(f"{column.name} {whole} is out of range, expected {least} to {greatest}")
    return whole


def _lowered(_name: str, text: str) -> str:
    # each letter to one letter, as the engine does with the texts that these are compared with
    return "".join(letter.lower()[0] for letter in text)


def _bool(name: str, text: str) -> bool:
    if text.lower() not in _BOOLS:
        raise ValueError(f"{name} {shown(text)} is not true or false")
    return _BOOLS[text.lower()]


def _date(name: str, text: str) -> date:
    match = _DATE.fullmatch(text)
    try:
        if match:
            return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        pass  # a date such as 2025-02-30 gets the same message
    raise ValueError(f"{name} {shown(text)} is not a date such as 2025-04-01")


def _month(name: str, text: str) -> date:
    month = _date(name, text)
    if month.day != 1:
        raise ValueError(f"{name} {month} is not the first of a month")
    return month


# outer spaces are part of the value
_EXACT: dict[RuleType, Callable[[str, str], Value]] = {
    "lowered": _lowered,
    "metric": metric,
    "attribute": attribute,
}
_SIMPLE: dict[RuleType, Callable[[str, str], Value]] = {
    "folded": _lowered,
    "number": number,
    "bool": _bool,
    "date": _date,
    "month": _month,
}
