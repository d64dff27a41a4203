"""What DuckDB's tolerant CSV reading swallows in silence, told by the grammar of RFC 4180."""

import csv
import io
import re
from pathlib import Path

from pipelines.load.content import BYTE_ORDER_MARK, chunks
from pipelines.load.relation import UnreadableError

# a value may hold line breaks, but one of this size is a quote that was never closed
LONGEST_VALUE = 1 << 28


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


def delimiters_of(path: Path, delimiter: str) -> int:
    """How many delimiters of fields a file has: those outside of double quotes."""
    sign, count, quotes = delimiter.encode(), 0, 0
    for chunk in chunks(path):
        # every second piece between quotes is outside of them
        count += b"".join(chunk.split(b'"')[quotes % 2 :: 2]).count(sign)
        quotes += chunk.count(b'"')
    return count


def refuse_bad_quotes(path: Path, delimiter: str) -> None:
    """Raise UnreadableError for a quote that never closes, or text after a closing one."""
    sign = re.escape(delimiter.encode())
    value = rb'(?:[ ]*"(?:[^"]++|"")*+"[ ]*|[^%b\r\n"][^%b\r\n]*+|)' % (sign, sign)
    values = re.compile(rb"(?:%b(?:%b|[\r\n]))*+" % (value, sign))
    rest = b""
    for chunk in chunks(path):
        rest = (rest + chunk).removeprefix(BYTE_ORDER_MARK)
        rest = rest[_end(values, rest) :]
        if len(rest) > LONGEST_VALUE:
            break
    if re.fullmatch(value, rest) is None:
        quoted = re.match(rb'[ ]*"(?:[^"]++|"")*+"', rest)
        fault = "text follows the closing quote of" if quoted else "no quote closes"
        sample = rest[:40].decode("utf-8", errors="replace")
        raise UnreadableError(f"{fault} the value that begins with {sample!r}")


def _end(values: re.Pattern[bytes], text: bytes) -> int:
    match = values.match(text)
    return match.end() if match else 0
