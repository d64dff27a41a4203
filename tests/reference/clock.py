"""Settings of one run and the local calendar (section 1 of the contract)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settings:
    """What one run is told; every instant elsewhere is a naive datetime in UTC."""

    as_of: date
    reporting_timezone: str = "Asia/Tokyo"
    source_timezone: str = "UTC"
    requalify_cooldown_days: int = 14
    machine_seconds: int = 3
    bot_pattern: str = "bot|crawl|spider|slurp|headless"
    win_wait_days: int = 180
    segment_days: int = 90
    content_days: int = 365
    fewest_prediction_outcomes: int = 50

    def local_date(self, instant: datetime) -> date:
        """date(t) of the contract."""
        return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(self.reporting_timezone)).date()

    def local_month(self, instant: datetime) -> date:
        return self.local_date(instant).replace(day=1)


def days(first: date, last: date) -> Iterator[date]:
    """Every date from first to last, both included."""
    while first <= last:
        yield first
        first += ONE_DAY


def is_business_day(day: date, holidays: set[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def nth_business_day_after(day: date, count: int, holidays: set[date]) -> date:
    """The count-th business day after a date."""
    while count:
        day += ONE_DAY
        count -= is_business_day(day, holidays)
    return day
