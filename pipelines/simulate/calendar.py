"""The company's days: business days, traffic, and the rhythm of a day in Tokyo.

Times are whole seconds since the local midnight that begins the first day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pipelines.simulate.drawing import Flags, Floats, Generator, Ints, draw_index

DAY = 86_400
HOUR = 3_600
_EPOCH = date(1970, 1, 1)
_TOKYO = 9 * HOUR  # no summer time, so that one offset holds for every day
_AHEAD = 1_000  # deadlines and decisions may lie beyond the last day
_WEEKDAYS = np.array([1.0, 1.08, 1.06, 1.0, 0.88, 0.24, 0.2])
_MONTHS = np.array([0.9, 1.0, 1.08, 1.0, 0.9, 1.05, 1.0, 0.8, 1.0, 1.1, 1.1, 0.82])
_BROWSING = np.array(
    [4, 2, 1, 1, 1, 2, 4, 12, 30, 62, 78, 76, 58, 66, 76, 74, 70, 60, 40, 28, 24, 24, 20, 10]
)
_OFFICE = np.array([0] * 9 + [14, 18, 14, 6, 14, 16, 15, 13, 8] + [0] * 6)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`is_business` reaches past the last day; `traffic` weighs the days of the company."""

    first_day: date
    days: int
    is_business: Flags
    traffic: Floats

    @property
    def end(self) -> int:
        """The first second that has not happened yet."""
        return self.days * DAY

    @property
    def last_day(self) -> date:
        return self.day(self.days - 1)

    def day(self, index: int) -> date:
        return self.first_day + timedelta(days=int(index))

    def index(self, day: date) -> int:
        return (day - self.first_day).days

    def utc(self, times: Ints) -> Ints:
        """Seconds since 1970 in UTC."""
        return times + (self.first_day - _EPOCH).days * DAY - _TOKYO

    def months(self) -> list[tuple[str, int, int]]:
        """Each month as its name, first second and first second after it."""
        months: list[tuple[str, int, int]] = []
        start = 0
        for index in range(1, self.days + 1):
            if index == self.days or self.day(index).day == 1:
                name = self.day(index - 1).strftime("%Y-%m")
                months.append((name, start * DAY, index * DAY))
                start = index
        return months

    def first_business_day(self, day: int) -> int:
        """The first business day from the given one on."""
        business_days = np.flatnonzero(self.is_business)
        return int(business_days[np.searchsorted(business_days, day, side="left")])

    def business_days_after(self, day: int, count: int) -> int:
        """The `count`-th business day after the given one; count 1 is the next."""
        business_days = np.flatnonzero(self.is_business)
        return int(business_days[np.searchsorted(business_days, day, side="right") + count - 1])


def build_calendar(last_day: date, days: int, holidays: frozenset[date]) -> Calendar:
    """Days up to and including `last_day`."""
    first_day = last_day - timedelta(days=days - 1)
    every_day = [first_day + timedelta(days=index) for index in range(days + _AHEAD)]
    is_business = np.array([day.weekday() < 5 and day not in holidays for day in every_day])
    weekdays = np.array([day.weekday() for day in every_day[:days]])
    months = np.array([day.month for day in every_day[:days]])
    growth = 1.0 + 0.6 * np.arange(days) / 540
    traffic = _WEEKDAYS[weekdays] * _MONTHS[months - 1] * growth
    is_holiday = ~is_business[:days] & (weekdays < 5)
    return Calendar(first_day, days, is_business, np.where(is_holiday, traffic * 0.3, traffic))


def browsing_seconds(rng: Generator, count: int) -> Ints:
    """Seconds of the day at which people browse."""
    return draw_index(rng, _BROWSING, count) * HOUR + rng.integers(0, HOUR, count)


def office_seconds(rng: Generator, count: int) -> Ints:
    """Seconds of the day at which offices work."""
    return draw_index(rng, _OFFICE, count) * HOUR + rng.integers(0, HOUR, count)


def draw_times(rng: Generator, calendar: Calendar, count: int) -> Ints:
    """Times spread as the traffic is."""
    return draw_index(rng, calendar.traffic, count) * DAY + browsing_seconds(rng, count)


def settle(rng: Generator, calendar: Calendar, times: Ints) -> Ints:
    """Move wished times into the rhythm: most of a weekend's or holiday's go to the days after."""
    wished = np.clip(times // DAY, 0, calendar.days - 1)
    days = np.where(rng.random(len(times)) < 0.74, _next_business(calendar)[wished], wished)
    days = np.where(days < calendar.days, days, wished)
    return days * DAY + browsing_seconds(rng, len(times))


def _next_business(calendar: Calendar) -> Ints:
    days = np.arange(len(calendar.is_business))
    later = np.where(calendar.is_business, days, len(days))
    return np.minimum.accumulate(later[::-1])[::-1].astype(np.int64)
