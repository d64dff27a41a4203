"""Addresses and phone numbers in texts that are published (section 6)."""

import re
import sys
import unicodedata
from hashlib import md5
from itertools import groupby

from tests.reference.text import lower, nfkc


def _marks() -> str:
    """Every combining mark, as ranges of a character class."""
    codes = [code for code in range(sys.maxunicode + 1) if _is_mark(chr(code))]
    runs = groupby(enumerate(codes), key=lambda placed: placed[1] - placed[0])
    ends = [[code for _, code in run] for _, run in runs]
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in ends)


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


MARKS = _marks()
AT = "@|＠|%(?:25)*40"
WORD = rf"[\w{MARKS}-]+"
ADDRESS = re.compile(rf"([\w{MARKS}.．%+-]+)({AT})({WORD}(?:[.．]{WORD})+)")
PHONE = re.compile(
    r"(\+[0-9]{1,3}[-() .]{0,3}(0[-() .]{0,2})?|\b0)[0-9]{1,4}[-() .]{0,3}[0-9]{1,4}"
    r"[-() .]{0,3}[0-9]{3,4}\b",
    re.ASCII,
)


def masked(free_text: str | None) -> str | None:
    return free_text and ADDRESS.sub(":email", free_text)


def masked_apart(name: str | None) -> str | None:
    """The name of a rep, a team or a router: two addresses stay two."""
    return name and ADDRESS.sub(_short_name, name)


def _short_name(match: re.Match[str]) -> str:
    before, _, after = match.groups()
    address = lower(nfkc(f"{before}@{after}"))
    return f":email-{md5(address.encode()).hexdigest()[:8]}"


def masked_reason(reason: str | None) -> str | None:
    return reason and PHONE.sub(":phone", ADDRESS.sub(":email", reason))


def masked_path(path: str) -> str:
    return "/".join(":email" if re.search(AT, part) else part for part in path.split("/"))
