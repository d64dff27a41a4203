"""What DuckDB passes over in a CSV, found by the grammar of RFC 4180; `csv_file` says why."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.limits import limits
from pipelines.load.content import BYTE_ORDER_MARK, chunks
from pipelines.load.relation import UnreadableError

DELIMITERS = {",": "`,`", ";": "`;`", "\t": "tabs", "|": "`|`"}


def header_record(text: str, delimiter: str) -> tuple[list[str], int]:
    """The first record that is not blank, and how many lines stand before it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines_before = 0
    try:
        for record in reader:
            if len(record) > 1 or (record and record[0].strip()):
                return record, lines_before
            lines_before = reader.line_num
    except csv.Error as error:
        raise UnreadableError(f"its header cannot be read: {error}") from None
    return [], lines_before


def likely_fault(text: str, delimiter: str) -> str | None:
    """What is wrong with a file whose header lacks columns, if its first lines tell."""
    if text.lstrip().startswith(("{", "[")):
        return "it seems to hold JSON: the name of JSON lines ends in .jsonl"
    first = text.lstrip().splitlines()[:1]
    if first and first[0].lower().startswith("sep="):
        return f"its first line, {first[0]!r}, is for Excel alone: leave it out"
    widths = {sign: _width(text, sign) for sign in (delimiter, *DELIMITERS)}
    widest = max(widths, key=lambda sign: widths[sign])
    if widths[widest] == widths[delimiter]:
        return None
    wanted = DELIMITERS.get(delimiter, f"`{delimiter}`")
    return f"fields seem to be parted by {DELIMITERS[widest]}, not by {wanted}"


def _width(text: str, delimiter: str) -> int:
    try:
        return len(header_record(text, delimiter)[0])
    except UnreadableError:
        return 0


@dataclass(slots=True)
class Signs:
    """How often signs stand outside of double quotes; `returns` are those without a line feed."""

    delimiters: int = 0
    line_feeds: int = 0
    returns: int = 0

    @property
    def line_ends_differ(self) -> bool:
        """Then DuckDB takes whatever stands behind a lone return for its line feed."""
        return self.returns > 0 and self.line_feeds > 0


def signs_of(path: Path, delimiter: str) -> Signs:
    """Count them in one pass over the bytes; raises UnreadableError for a damaged `.gz`."""
    sign, found, quotes, rest = delimiter.encode(), Signs(), 0, b""
    for read in chunks(path):
        chunk = rest + read
        # what follows a return at the end of the chunk is not known yet
        rest = b"\r" if chunk.endswith(b"\r") else b""
        chunk = chunk.removesuffix(rest)
        # every second piece between quotes is outside of them
        outside = b'"'.join(chunk.split(b'"')[quotes % 2 :: 2])
        found.delimiters += outside.count(sign)
        found.line_feeds += outside.count(b"\n")
        found.returns += outside.count(b"\r") - outside.count(b"\r\n")
        quotes += chunk.count(b'"')
    found.returns += len(rest)
    return found


def refuse_mixed_line_ends(path: Path, delimiter: str) -> None:
    """Raise UnreadableError if it is not clear where rows end."""
    signs = signs_of(path, delimiter)
    if signs.line_ends_differ:
        raise UnreadableError(
            f"its line endings differ: outside quotes, {signs.line_feeds} line feeds and"
            f" {signs.returns} carriage returns without a line feed"
        )


def refuse_bad_quotes(path: Path, delimiter: str) -> None:
    """Raise UnreadableError for a quote that never closes, or text after a closing one."""
    sign = re.escape(delimiter.encode())
    value = rb'(?:[ ]*"(?:[^"]++|"")*+"[ ]*|[^%b\r\n"][^%b\r\n]*+|)' % (sign, sign)
    values = re.compile(rb"(?:%b(?:%b|[\r\n]))*+" % (value, sign))
    rest, looked_at = b"", 0
    for chunk in chunks(path):
        rest = (rest + chunk).removeprefix(BYTE_ORDER_MARK)
        if len(rest) < 2 * looked_at:
            # a long value is not looked at again for each piece of it
            continue
        rest = rest[_end(values, rest) :]
        looked_at = len(rest)
        # a value may hold line breaks, but of such a size it is a quote that was never closed
        if len(rest) > limits().row_bytes:
            break
    rest = rest[_end(values, rest) :]
    if re.fullmatch(value, rest) is None:
        quoted = re.match(rb'[ ]*"(?:[^"]++|"")*+"', rest)
        fault = "text follows the closing quote of" if quoted else "a closing quote is missing for"
        sample = rest[:40].decode("utf-8", errors="replace")
        raise UnreadableError(f"{fault} the value that begins with {sample!r}")


def _end(values: re.Pattern[bytes], text: bytes) -> int:
    match = values.match(text)
    return match.end() if match else 0
