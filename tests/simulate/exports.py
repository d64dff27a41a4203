"""The exports of a simulated company, read as text without the pipeline's own loader."""

import csv
import gzip
import hashlib
import io
import json
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.feeds import FEEDS

TOKYO = ZoneInfo("Asia/Tokyo")
BROKEN = ("typed-by-hand", "upload")


class Exports:
    """One `out` folder; each feed is a table of text columns, with its file and row number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.landing = folder / "landing"

    @cached_property
    def truth(self) -> dict[str, Any]:
        return json.loads((self.folder / "truth.json").read_text("utf-8"))

    @cached_property
    def last_day(self) -> date:
        return date.fromisoformat((self.folder / "as_of").read_text().strip())

    def files(self, feed: str) -> list[str]:
        return sorted(path.name for path in (self.landing / feed).iterdir())

    @cached_property
    def tables(self) -> duckdb.DuckDBPyConnection:
        """Every feed's sound files as a table of its name."""
        connection = duckdb.connect()
        for feed in FEEDS:
            records = [
                {name: record.get(name) for name in feed.column_names} | {"file": path.name}
                for path in sorted((self.landing / feed.name).iterdir())
                if not any(mark in path.name for mark in BROKEN)
                for record in _records(path)
            ]
            names = [*feed.column_names, "file"]
            schema = pa.schema([(name, pa.string()) for name in names])
            connection.register("records", pa.Table.from_pylist(records, schema))
            connection.execute(f"create table {feed.name} as select * from records")
            connection.unregister("records")
        return connection

    def count(self, feed: str, condition: str = "true") -> int:
        """Rows of the feed, delivered however often, for which the condition holds."""
        found = self.tables.execute(f"select count(*) from {feed} where {condition}").fetchone()
        assert found
        return int(found[0])

    def values(self, query: str) -> list[Any]:
        """The first column of a query."""
        return [row[0] for row in self.tables.execute(query).fetchall()]

    def instants(self, feed: str, condition: str = "true") -> list[datetime]:
        """When the feed's rows happened, in Tokyo."""
        return [
            _instant(text).astimezone(TOKYO)
            for text in self.values(f"select occurred_at from {feed} where {condition}")
        ]

    def digests(self) -> dict[str, str]:
        """A hash of every file that was written."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


def _records(path: Path) -> list[dict[str, str | None]]:
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        text = pa.table({name: table[name].cast(pa.string()) for name in table.column_names})
        return text.to_pylist()
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
    if ".csv" in path.name:
        return [
            {name.strip().lower(): value or None for name, value in row.items()}
            for row in csv.DictReader(io.StringIO(text, newline=""))
        ]
    return [
        {
            name: None if value is None else _as_text(value)
            for name, value in json.loads(line).items()
        }
        for line in text.splitlines()
    ]


def _as_text(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text.replace("/", "-"))
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
