"""Small words that several messages share."""

from collections.abc import Collection
from difflib import get_close_matches


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def nearest(given: str, known: Collection[str]) -> str | None:
    """The known name that is meant by a misspelt one, if one is near."""
    found = get_close_matches(given.strip().lower(), known, n=1)
    return found[0] if found else None
