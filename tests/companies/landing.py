"""A company as landing files: mixed formats and spellings, faults, files delivered again."""

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from tests.companies.company import Company
from tests.reference.feeds import Row
from tests.reference.landing import Delivery

SUFFIXES = [".csv", ".CSV", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet"]
FAULTS = {
    "occurred_at": [
        *("", "soon", "1", "2025-02-30", "2025-03-09 10:00+25:00", "2025-03-09 10:00+9"),
        *("2150-01-01", "1999-12-31T23:59:59.999999Z"),
        # good ones, but not on every clock
        *("2025-03-09 02:30:00", "2024-11-03 01:30:00"),
    ],
    "created_at": ["", "2025-13-01", "2025/01-02", "20250102"],
    "is_deleted": ["maybe", "2"],
    "is_machine": ["on"],
    "employee_count": ["about 300", "12.5", "1,200"],
    "quantity": ["one", "1e3"],
    "amount": ["¥500", "1" * 17, "--1"],
    "event_type": ["  "],
    "anonymous_id": ["\t"],
    "disposition": [""],
    "action": ["", "Enter", "left"],
    "arm": ["control"],
    "channel": ["  "],
}


@dataclass
class Speller:
    """Turns typed values into one of the spellings that the contract allows."""

    rng: random.Random
    source_timezone: str

    def text(self, value: Any) -> str:
        if value is None:
            return self.rng.choice(["", "", "  "])
        if isinstance(value, bool):
            spellings = ("true", "T", "yes", "1") if value else ("False", "f", "NO", "0")
            return self.rng.choice(spellings)
        if isinstance(value, int):
            return self.rng.choice([str(value), f"{value}.0", f"{value:+d}"])
        if isinstance(value, datetime):
            return self.instant(value)
        return str(value)

    def instant(self, value: datetime) -> str:
        aware = value.replace(tzinfo=UTC)
        separator = self.rng.choice("T ")
        precision = "microseconds" if value.microsecond else "auto"
        local = aware.astimezone(ZoneInfo(self.source_timezone)).replace(tzinfo=None)
        shifted = aware.astimezone(timezone(timedelta(hours=self.rng.choice([9, -5, 0]))))
        spellings = [
            value.isoformat(separator, precision) + "Z",
            shifted.isoformat(separator, precision),
            # whole hours, without their minutes
            shifted.isoformat(separator, precision).removesuffix(":00"),
        ]
        # an hour that the clock shows twice is its first showing
        if local.replace(tzinfo=ZoneInfo(self.source_timezone)).astimezone(UTC) == aware:
            spellings.append(local.isoformat(separator, precision))
        spelled = self.rng.choice(spellings)
        if self.rng.random() < 0.3:
            spelled = spelled[:10].replace("-", "/") + spelled[10:]
        return spelled


def deliveries(
    company: Company, seed: int, *, fault_share: float = 0.03, again_share: float = 0.25
) -> list[Delivery]:
    """(feed, file name, content) in the order of arrival.

    `again_share` of the files arrive a second time with other content under their name.
    """
    rng = random.Random(seed)
    speller = Speller(rng, company.settings.source_timezone)
    first: list[Delivery] = []
    second: list[Delivery] = []
    for feed, rows in company.delivered.items():
        for number, part in enumerate(_parts(rng, rows), start=1):
            name = f"{feed}_{number:03d}{rng.choice(SUFFIXES)}"
            first.append((feed, name, _content(speller, name, part, fault_share)))
            if rng.random() < again_share:
                again = [row | _changed(rng, row) for row in rng.sample(part, len(part) // 2)]
                second.append((feed, name, _content(speller, name, again, fault_share)))
        if rng.random() < 10 * fault_share:
            second.append((feed, f"{feed}_999.csv.gz", gzip.compress(b"a,b\n" * 90)[:-12]))
        skipped = [f"_{feed}.csv", f".{feed}.csv", f"{feed}.csv.tmp", f"{feed}.txt"]
        first.append((feed, rng.choice(skipped), b"not,read\n1,2\n"))
    rng.shuffle(first)
    rng.shuffle(second)
    return first + second


def _parts(rng: random.Random, rows: list[Row]) -> list[list[Row]]:
    cuts = sorted(rng.randint(0, len(rows)) for _ in range(rng.randint(1, 4)))
    return [rows[low:high] for low, high in zip([0, *cuts], [*cuts, len(rows)], strict=True)]


def _changed(rng: random.Random, row: Row) -> Row:
    """One attribute of a row as a later delivery of its file tells it."""
    corrections = {"campaign": "corrected", "reason": "corrected", "utm_campaign": "corrected"}
    return {name: text for name, text in corrections.items() if name in row and rng.random() < 0.5}


def _content(speller: Speller, name: str, rows: list[Row], fault_share: float) -> bytes:
    rng = speller.rng
    names = list(rows[0]) if rows else ["event_id", "occurred_at"]
    rng.shuffle(names)
    if name.endswith(".parquet"):
        return _parquet(speller, names, rows)
    records = [{column: row[column] for column in names} for row in rows]
    writer: Callable[[Speller, list[str], list[Row], float], bytes]
    writer = _jsonl if ".jsonl" in name else _csv
    for record in records:
        if rng.random() < fault_share:
            column = rng.choice(sorted(FAULTS.keys() & record.keys()))
            record[column] = rng.choice(FAULTS[column])
    content = writer(speller, names, records, fault_share)
    return gzip.compress(content, mtime=0) if name.endswith(".gz") else content


def _csv(speller: Speller, names: list[str], records: list[Row], fault_share: float) -> bytes:
    rng = speller.rng
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator=rng.choice(["\n", "\r\n"]))
    writer.writerow([rng.choice([name, name.upper(), f" {name} "]) for name in [*names, "extra"]])
    for record in records:
        cells = [speller.text(record[name]) for name in names]
        writer.writerow([*cells, "x", *(["too many"] if rng.random() < fault_share / 3 else [])])
        if rng.random() < 0.02:
            target.write("\n")
    return target.getvalue().encode(rng.choice(["utf-8", "utf-8-sig"]))


def _jsonl(speller: Speller, names: list[str], records: list[Row], fault_share: float) -> bytes:
    rng = speller.rng
    spelling = {name: rng.choice([name, name.title()]) for name in names}
    lines = []
    for record in records:
        plain = {spelling[name]: _json_value(speller, record[name]) for name in names}
        kept = {name: value for name, value in plain.items() if value is not None}
        line = json.dumps(rng.choice([plain, kept]), ensure_ascii=rng.random() < 0.5)
        lines.append(line[:-3] if rng.random() < fault_share / 3 else line)
        lines += [""] if rng.random() < 0.02 else []
    return "\n".join(lines).encode()


def _json_value(speller: Speller, value: Any) -> Any:
    """Numbers and booleans as such or as text."""
    if value is None or (isinstance(value, bool | int) and speller.rng.random() < 0.5):
        return value
    if isinstance(value, Decimal) and speller.rng.random() < 0.5:
        return float(value)
    return speller.text(value)


def _parquet(speller: Speller, names: list[str], rows: list[Row]) -> bytes:
    rng = speller.rng
    if rng.random() < 0.5:
        texts = {
            name: pa.array([speller.text(row[name]) for row in rows], pa.string()) for name in names
        }
        return _parquet_bytes(texts)
    zone = rng.choice([None, "UTC", "Asia/Tokyo"])
    return _parquet_bytes(
        {name: _array(speller, [row[name] for row in rows], zone) for name in names}
    )


def _array(speller: Speller, values: list[Any], zone: str | None) -> pa.Array:
    if not any(isinstance(value, datetime) for value in values):
        numbers = all(isinstance(value, int | None) for value in values)
        # whole numbers with nulls are floats to some tools
        as_float = numbers and not any(isinstance(value, bool) for value in values)
        return pa.array(values, pa.float64() if as_float and speller.rng.random() < 0.5 else None)
    aware = [value.replace(tzinfo=UTC) for value in values]
    if zone:
        return pa.array(aware, pa.timestamp("us", tz=zone))
    source = ZoneInfo(speller.source_timezone)
    local = [value.astimezone(source).replace(tzinfo=None) for value in aware]
    if any(back.replace(tzinfo=source) != value for back, value in zip(local, aware, strict=True)):
        return pa.array(aware, pa.timestamp("us", tz="UTC"))
    return pa.array(local)


def _parquet_bytes(columns: dict[str, pa.Array]) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


def write(delivered: list[Delivery], folder: Path) -> None:
    """Put files into a landing folder, over those of the same name."""
    for feed, name, content in delivered:
        (folder / feed).mkdir(parents=True, exist_ok=True)
        (folder / feed / name).write_bytes(content)
