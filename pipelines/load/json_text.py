"""JSON of any layout to JSON lines, piece by piece and without a change to its numbers."""

import json
import re
from collections.abc import Iterable, Iterator

from pipelines.limits import limits
from pipelines.load.relation import UnreadableError

STRING = r'"(?:[^"\\]++|\\.)*+"'
# brackets end these, and commas where no bracket is open
WITHIN = re.compile(rf'(?:[^"\[\]{{}}]++|{STRING})*+', re.DOTALL)
BESIDE = re.compile(rf'(?:[^"\[\]{{}},]++|{STRING})*+', re.DOTALL)


def is_json_lines(head: str) -> bool:
    """Whether the first line of a file is a whole object, as in what BigQuery calls `.json`."""
    line = head.lstrip().partition("\n")[0]
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def json_rows(texts: Iterable[str]) -> Iterator[str]:
    """The elements of an array, or values that stand one behind another, each in one line.

    Whether a row is valid JSON is left to its reader. Raises UnreadableError for a text that ends
    too early.
    """
    rest, place, depth, in_array = "", 0, 0, False
    for text in texts:
        rest += text
        start = 0
        while True:
            found = (WITHIN if depth else BESIDE).match(rest, place)
            place = found.end() if found else place
            if place == len(rest) or rest[place] == '"':
                break  # the rest of a string may follow
            sign, place = rest[place], place + 1
            if sign in "[{":
                is_first = not depth and not in_array and not rest[start : place - 1].strip()
                if sign == "[" and is_first:
                    in_array, start = True, place
                else:
                    depth += 1
            elif sign == ",":
                # of those within an array's elements none is seen here
                if in_array and not depth:
                    yield from _line(rest[start : place - 1])
                    start = place
            elif depth:
                depth -= 1
                if not depth and not in_array:
                    yield from _line(rest[start:place])
                    start = place
            elif in_array and sign == "]":
                yield from _line(rest[start : place - 1])
                in_array, start = False, place
        rest, place = rest[start:], place - start
        if len(rest) > limits().row_bytes:
            raise UnreadableError(
                f"one value of its JSON is longer than {limits().row_megabytes} MB"
                " (limits.row_megabytes in funnel.toml); if it holds an array of rows, export JSON"
                " lines"
            )
    if depth or in_array or place < len(rest):
        raise UnreadableError("its JSON ends too early: an array, object or text is not closed")
    yield from _line(rest)


def _line(text: str) -> Iterator[str]:
    line = re.sub(r"[\r\n]+", " ", text).strip()
    if line:
        yield line
