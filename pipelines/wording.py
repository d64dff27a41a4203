"""Small words that several messages share."""

import re
from collections.abc import Collection
from difflib import get_close_matches

# what a terminal obeys in place of showing it, among it what turns the direction of reading; and
# bytes of a name that are no text
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shown(text: str) -> str:
    """A text as it is shown to people: its lines stay, orders to a terminal stand as `\\x1b`."""
    return OBEYED.sub(lambda sign: _escaped(sign.group()), text)


def _escaped(sign: str) -> str:
    # Python has characters of its own for bytes that are not text
    is_byte = "\udc80" <= sign <= "\udcff"
    return f"\\x{ord(sign) - 0xDC00:02x}" if is_byte else ascii(sign)[1:-1]


def shown_name(name: str) -> str:
    """The name of a file within a line."""
    return shown(name).replace("\n", "\\n").replace("\t", "\\t")


def nearest(given: str, known: Collection[str]) -> str | None:
    """The known name that is meant by a misspelt one, if one is near."""
    found = get_close_matches(given.strip().lower(), known, n=1)
    return found[0] if found else None
