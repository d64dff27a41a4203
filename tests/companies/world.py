"""What the parts of one random company share: chance, the calendar, the spelling of names."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from tests.reference.clock import Settings
from tests.reference.feeds import Row, column_names
from tests.reference.rules import Rules

T = TypeVar("T")
MICROSECOND = timedelta(microseconds=1)


@dataclass
class World:
    """One company being made; `prefix` starts every id, so that companies cannot touch."""

    rng: random.Random
    prefix: str
    settings: Settings
    days: int
    rules: Rules
    feeds: dict[str, list[Row]] = field(default_factory=dict)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, values: Sequence[T]) -> T:
        return self.rng.choice(values)

    def some(self, low: int, high: int) -> range:
        return range(self.rng.randint(low, high))

    def new_id(self, kind: str) -> str:
        """An id whose order says nothing about the order of the rows."""
        return f"{self.prefix}-{kind}{self.rng.getrandbits(32):08x}"

    def day(self) -> date:
        """A day of the company's life; a few lie after D."""
        return self.settings.as_of - timedelta(days=self.rng.randint(-4, self.days))

    def early_day(self) -> date:
        """A day that leaves time for a history after it."""
        return min(self.day(), self.day())

    def midnight(self, day: date) -> datetime:
        local = datetime.combine(day, time(), ZoneInfo(self.settings.reporting_timezone))
        return local.astimezone(UTC).replace(tzinfo=None)

    def moment(self, day: date | None = None) -> datetime:
        """An instant on or at the edges of a local day, often the same one as others."""
        start = self.midnight(day or self.day())
        offset = self.pick(
            [
                timedelta(0),
                -MICROSECOND,
                timedelta(hours=3),
                timedelta(hours=3, seconds=1),
                timedelta(hours=10),
                timedelta(seconds=self.rng.randint(0, 86_400)),
                timedelta(seconds=self.rng.randint(0, 86_400)),
                timedelta(milliseconds=self.rng.randint(0, 86_400_000)),
            ]
        )
        return start + offset

    def add(self, feed: str, **values: Any) -> Row:
        """Append a row of a feed; columns that are not named are null."""
        row = dict.fromkeys(column_names(feed)) | values
        self.feeds.setdefault(feed, []).append(row)
        return row

    def redeliver(self, feed: str, share: float, **changes: Sequence[Any]) -> None:
        """Append some rows once more under their old key, each with one changed column or none."""
        for row in list(self.feeds.setdefault(feed, [])):
            if self.chance(share):
                again = dict(row)
                if self.chance(0.7):
                    name = self.pick(sorted(changes))
                    again[name] = self.pick(changes[name])
                self.feeds[feed].append(again)


def full_width(text: str) -> str:
    """ASCII in its full-width form, which NFKC undoes."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)
