"""How one feed's rows reach the landing folder: monthly files, late, resent and broken rows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.feeds import Feed
from pipelines.simulate.broken import broken_csv, broken_json, cut_short
from pipelines.simulate.calendar import Calendar
from pipelines.simulate.drawing import Flags, stream
from pipelines.simulate.writing import STYLES, Writer

_SUFFIXES = ("csv", "jsonl.gz", "parquet", "csv.gz", "jsonl")
_LATE_SHARE, _MOST_LATE = 1 / 80, 40
_MOST_RESENT = 25
Blur = Callable[[pa.Table], pa.Table]


@dataclass(frozen=True, slots=True)
class Counts:
    """What the load must say of one feed."""

    standing: int
    replaced: int
    quarantined: int


class Delivery:
    """Writes one feed month by month; `blur` spoils rows that a later file puts right."""

    def __init__(
        self, feed: Feed, landing: Path, calendar: Calendar, seed: int, is_large: bool, blur: Blur
    ) -> None:
        self._feed = feed
        self._writer = Writer(landing / feed.name)
        self._rng = stream(seed, f"delivery of {feed.name}")
        self._is_large = is_large
        self._blur = blur
        self._months = [month for month, _, _ in calendar.months()]
        self._last_day = calendar.last_day
        self._parts: dict[str, int] = {}
        self._late: list[pa.Table] = []
        self._files = 0
        self._standing = self._replaced = 0

    def month(self, month: str, rows: pa.Table) -> None:
        """Deliver a month's rows, or a part of them."""
        number = self._months.index(month)
        rows = self._ordered(rows)
        self._standing += rows.num_rows
        if month not in self._parts:
            self._deliver_late(month)
        if number % 4 == 0 and month != self._months[-1]:
            rows = self._hold_back(rows)
        if number % 4 == 1 or month == self._months[-1]:
            rows = self._resend(month, rows)
        self._parts[month] = self._parts.get(month, 0) + 1
        if rows.num_rows or not self._is_large:
            self._write(self._name(month, number), rows)

    def close(self) -> Counts:
        """Deliver what breaks the contract, and count."""
        month = self._months[-1]
        stem = f"{self._feed.name}_{month}"
        content, broken = broken_csv(self._feed, self._last_day)
        self._writer.write_bytes(f"{stem}_typed-by-hand.csv", content)
        if self._feed.name in ("web_events", "mail_events"):
            content, further = broken_json(self._feed, self._last_day)
            self._writer.write_bytes(f"{stem}_typed-by-hand.jsonl", content)
            broken += further
        if self._feed.name == "offline_events":
            self._writer.write_bytes(f"{stem}_upload.csv.gz", cut_short(content))
            self._writer.write_bytes(f"{stem}_upload.csv.part", content[:20])
            broken += 1
        self._writer.close()
        return Counts(self._standing, self._replaced, broken)

    def _ordered(self, rows: pa.Table) -> pa.Table:
        return rows.select(self._feed.column_names)

    def _name(self, month: str, number: int) -> str:
        if self._is_large:
            return f"{self._feed.name}_{month}_p{self._parts[month]:02d}.parquet"
        return f"{self._feed.name}_{month}.{_SUFFIXES[number % len(_SUFFIXES)]}"

    def _write(self, name: str, rows: pa.Table) -> None:
        self._files += 1
        is_odd = name.endswith(".csv") and self._files % 3 == 0
        self._writer.write(name, rows, STYLES[self._files % len(STYLES)], is_odd)

    def _hold_back(self, rows: pa.Table) -> pa.Table:
        count = min(_MOST_LATE, int(rows.num_rows * _LATE_SHARE))
        is_late = self._some(rows, count)
        self._late.append(rows.filter(pa.array(is_late)))
        return rows.filter(pa.array(~is_late))

    def _deliver_late(self, month: str) -> None:
        late = pa.concat_tables(self._late) if self._late else None
        self._late = []
        if late is not None and late.num_rows:
            self._write(f"{self._feed.name}_{month}_late.csv", late)

    def _resend(self, month: str, rows: pa.Table) -> pa.Table:
        """Send some rows again in a later file; half of them were wrong in the first one."""
        again = self._some(rows, min(_MOST_RESENT, -(-rows.num_rows // 20)))
        if not again.any():
            return rows
        part = self._parts.get(month, 0)
        self._write(
            f"{self._feed.name}_{month}_resent{part or ''}.jsonl", rows.filter(pa.array(again))
        )
        self._replaced += int(again.sum())
        was_wrong = again & (np.cumsum(again) % 2 == 1)
        spoilt = self._blur(rows.filter(pa.array(was_wrong)))
        return pa.concat_tables([rows.filter(pa.array(~was_wrong)), spoilt])

    def _some(self, rows: pa.Table, count: int) -> Flags:
        chosen = np.zeros(rows.num_rows, dtype=bool)
        chosen[self._rng.choice(rows.num_rows, count, replace=False)] = True
        return chosen
