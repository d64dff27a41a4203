"""SQL that reads the clock of a time zone, also where it was put back."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from pipelines.sql import literal

FIRST_DAY, DAYS = datetime(2000, 1, 1, tzinfo=UTC), 36_525


def in_utc(local: str, zone: str) -> str:
    """A timestamp of the zone's clock as UTC; what the clock shows twice is its first showing."""
    if zone == "UTC":
        return local
    instant = f"timezone({literal(zone)}, {local})"
    # DuckDB takes the second showing
    earlier = [f"{instant} - interval {minutes} minutes" for minutes in minutes_put_back(zone)]
    cases = [f"when timezone({literal(zone)}, {first}) = {local} then {first}" for first in earlier]
    first_showing = f"case {' '.join(cases)} else {instant} end" if cases else instant
    return f"timezone('UTC', {first_showing})"


@cache
def minutes_put_back(zone: str) -> list[int]:
    """By how many minutes the zone ever puts its clock back from 2000 to 2099, greatest first."""
    clock = ZoneInfo(zone)
    days = (FIRST_DAY + timedelta(days=number) for number in range(DAYS))
    offsets = [day.astimezone(clock).utcoffset() or timedelta(0) for day in days]
    changes = {before - after for before, after in pairwise(offsets)}
    minutes = {change // timedelta(minutes=1) for change in changes}
    return sorted((number for number in minutes if number > 0), reverse=True)
