"""Landing folders to rows: formats, order of replacement, quarantine and audit (section 2)."""

import csv
import gzip
import io
import json
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.reference.feeds import FEEDS, Row, key_of, typed
from tests.reference.parquet import parquet_records
from tests.reference.values import BadValueError

SUFFIXES = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")
Delivery = tuple[str, str, bytes]  # feed, file name, content


class UnreadableFileError(Exception):
    """A file that cannot be read to its end."""


@dataclass
class Landed:
    """`rows` per feed, those that stand; `audit` and `quarantine` as in the contract."""

    rows: dict[str, list[Row]]
    audit: list[Row] = field(default_factory=list)
    quarantine: list[Row] = field(default_factory=list)


def deliveries_in(folder: Path) -> list[Delivery]:
    """Every file of a landing folder that is not skipped."""
    return [
        (feed, path.name, path.read_bytes())
        for feed in FEEDS
        for path in sorted((folder / feed).glob("*"))
        if path.is_file() and is_read(path.name)
    ]


def is_read(name: str) -> bool:
    lowered = name.lower()
    return not name.startswith((".", "_")) and lowered.endswith(SUFFIXES)


def read(deliveries: list[Delivery], zone: str) -> Landed:
    """Load contents in the order of their arrival."""
    landed = Landed({})
    for feed in FEEDS:
        contents: dict[str, list[bytes]] = {}
        for _, name, content in (given for given in deliveries if given[0] == feed):
            known = contents.setdefault(name, [])
            if content not in known:
                known.append(content)
        _read_feed(feed, contents, zone, landed)
    return landed


def _read_feed(feed: str, contents: dict[str, list[bytes]], zone: str, landed: Landed) -> None:
    standing: dict[tuple[Any, ...], tuple[tuple[str, int], Row]] = {}
    read_counts: Counter[tuple[str, int]] = Counter()
    bad_counts: Counter[tuple[str, int]] = Counter()
    for name in sorted(contents, key=str.encode):
        for delivery, content in enumerate(contents[name], start=1):
            source = (name, delivery)
            read_counts[source] = 0
            for number, record in _numbered_records(name, content):
                read_counts[source] += 1
                try:
                    row = typed(feed, _checked(record), zone)
                except BadValueError as fault:
                    bad_counts[source] += 1
                    landed.quarantine.append(
                        {"feed": feed, "file": name, "row_number": number, "reason": str(fault)}
                    )
                else:
                    standing[key_of(feed, row)] = (source, row)
    landed.rows[feed] = [row for _, row in standing.values()]
    loaded = Counter(source for source, _ in standing.values())
    landed.audit += [
        {
            "feed": feed,
            "file": source[0],
            "delivery": source[1],
            "rows_read": count,
            "rows_loaded": loaded[source],
            "rows_replaced": count - loaded[source] - bad_counts[source],
            "rows_quarantined": bad_counts[source],
        }
        for source, count in read_counts.items()
    ]


def _checked(record: Any) -> dict[str, Any]:
    """A record, unless reading already found its fault."""
    if isinstance(record, BadValueError):
        raise record
    return record


def _numbered_records(name: str, content: bytes) -> list[tuple[int, Any]]:
    try:
        return list(enumerate(_records(name.lower(), content), start=1))
    except UnreadableFileError:
        return [(0, BadValueError("file cannot be read"))]


def _records(name: str, content: bytes) -> list[Any]:
    """Dicts, or a BadValueError in the place of a broken record."""
    try:
        if name.endswith(".parquet"):
            return parquet_records(content)
        plain = gzip.decompress(content) if name.endswith(".gz") else content
        source = plain.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, pa.ArrowException) as fault:
        raise UnreadableFileError(name) from fault
    return _csv_records(source) if ".csv" in name[-7:] else _json_records(source)


def _csv_records(source: str) -> list[Any]:
    lines = [line for line in csv.reader(io.StringIO(source, newline="")) if line]
    header = lines[0] if lines else []
    return [
        BadValueError("more fields than the header")
        if len(line) > len(header)
        else dict(zip(header, line, strict=False))
        for line in lines[1:]
    ]


def _json_records(source: str) -> list[Any]:
    records: list[Any] = []
    for line in source.split("\n"):
        if line.strip():
            try:
                record = json.loads(line)
            except json.JSONDecodeError:
                record = None
            is_record = isinstance(record, dict)
            records.append(record if is_record else BadValueError("line is no JSON"))
    return records
