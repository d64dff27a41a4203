"""On which line of a TOML file a key stands, which its parser does not tell."""

import re
from collections.abc import Iterator, Mapping

Key = tuple[str, ...]

HEADER = re.compile(r"^\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?$")
ASSIGNMENT = re.compile(r"""^\s*([\w.\-"' ]+?)\s*=""")


def lines_of(text: str) -> dict[Key, int]:
    """The first line of each table and key, counted from 1.

    Lines inside a text of several lines may look like keys; the first place of a key stands.
    """
    found: dict[Key, int] = {}
    for number, key in _keys(text):
        for length in range(1, len(key) + 1):
            found.setdefault(key[:length], number)
    return found


def line_of(lines: Mapping[Key, int], key: Key) -> int | None:
    """The line of a key, or of the table that it stands in; None if neither is known."""
    for length in range(len(key), 0, -1):
        if key[:length] in lines:
            return lines[key[:length]]
    return None


def _keys(text: str) -> Iterator[tuple[int, Key]]:
    table: Key = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            table = _parts(header[1])
            yield number, table
        elif assignment := ASSIGNMENT.match(line):
            yield number, (*table, *_parts(assignment[1]))


def _parts(dotted: str) -> Key:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
