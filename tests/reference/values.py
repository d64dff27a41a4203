"""Raw values to typed values (the types of section 2)."""

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

EARLIEST = datetime(2000, 1, 1)
END = datetime(2100, 1, 1)
LARGEST_INT = 2**63 - 1
BOOLS = {
    **dict.fromkeys(("true", "t", "yes", "1"), True),
    **dict.fromkeys(("false", "f", "no", "0"), False),
}
INSTANT = re.compile(
    r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)


class BadValueError(ValueError):
    """A value that does not parse; the message is the quarantine reason."""


def blank_to_none(value: Any) -> Any:
    is_blank = not value.strip() if isinstance(value, str) else value != value
    return None if is_blank else value


def text(value: Any, _zone: str) -> str:
    """Text as it is; JSON and Parquet values of other types in their plainest spelling."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def whole(value: Any) -> Any:
    """A number of Parquet (floats are numpy's there) as an int, where it is a whole one."""
    is_number = isinstance(value, np.float64) and math.isfinite(value) and abs(value) < 1e18
    if (is_number or isinstance(value, Decimal)) and value == int(value):
        return int(value)
    return value


def identifier(value: Any, zone: str) -> str:
    """A text; of a whole number that a tool wrote as a float its digits."""
    if isinstance(value, Decimal):
        return str(whole(value))
    if not isinstance(value, float):
        return text(value, zone)
    if not value.is_integer():
        raise BadValueError("id is no whole number")
    if abs(value) >= 2**53:
        raise BadValueError("id is too large for a float")
    return str(int(value))


def instant(value: Any, zone: str) -> datetime:
    """A naive datetime in UTC."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        value = _parsed_instant(str(value).strip())
    if value.year < 1999:
        raise BadValueError("instant before 2000")
    if value.year > 2100:
        raise BadValueError("instant from 2100 on")
    aware = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))
    result = aware.astimezone(UTC).replace(tzinfo=None)
    if not EARLIEST <= result < END:
        raise BadValueError(f"instant {'before 2000' if result < EARLIEST else 'from 2100 on'}")
    return result


def _parsed_instant(source: str) -> datetime:
    match = INSTANT.fullmatch(source)
    if not match:
        raise BadValueError("instant does not parse")
    year, _, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        parsed = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
        zone = None if offset is None else _offset(offset)
    except ValueError:
        raise BadValueError("instant does not parse") from None
    return parsed.replace(microsecond=int((fraction or "0").ljust(6, "0")), tzinfo=zone)


def _offset(source: str) -> timezone:
    if source == "Z":
        return UTC
    digits = source[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if minutes > 59:
        raise ValueError(source)
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if source[0] == "-" else size)


def boolean(value: Any, _zone: str) -> bool:
    try:
        return BOOLS[text(whole(value), _zone).strip().lower()]
    except KeyError:
        raise BadValueError("bool does not parse") from None


def integer(value: Any, _zone: str) -> int:
    source = str(whole(value)).strip()
    if not re.fullmatch(r"[+-]?[0-9]+(\.0)?", source):
        raise BadValueError("int does not parse")
    number = int(source.removesuffix(".0"))
    if abs(number) > LARGEST_INT:
        raise BadValueError("int does not parse")
    return number


def decimal(value: Any, _zone: str) -> Decimal:
    if isinstance(value, np.float64 | Decimal) and math.isfinite(value):
        value = f"{Decimal(str(value)):f}"
    source = str(value).strip()
    if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", source):
        raise BadValueError("decimal does not parse")
    number = Decimal(source).quantize(Decimal("0.01"), ROUND_HALF_UP, Context(prec=100))
    if abs(number) >= 10**16:
        raise BadValueError("more than 16 digits")
    return number


PARSERS: dict[str, Callable[[Any, str], Any]] = {
    "text": text,
    "id": identifier,
    "instant": instant,
    "bool": boolean,
    "int": integer,
    "decimal": decimal,
}
