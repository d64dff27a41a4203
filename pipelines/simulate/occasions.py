"""What marketing holds: fairs, webinars, seminars, letters and advertising campaigns."""

from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.simulate.calendar import Calendar

_FAIRS = {4: "factory-expo", 6: "smart-maintenance-fair", 10: "inspection-tech", 11: "sensor-expo"}
_TOPICS = ("predictive-maintenance", "visual-inspection", "energy-monitoring", "food-safety")
_ADVERTS = (
    ("cpc", "google", "monitoring"),
    ("paid_social", "linkedin", "inspection"),
    ("display", "trade-press", "maintenance"),
    ("cpc", "bing", "trial"),
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """`day` is its first day's index, `length` its days; `medium` and `source` are a campaign's."""

    name: str
    day: int
    length: int
    medium: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Occasions:
    fairs: tuple[Occasion, ...]
    webinars: tuple[Occasion, ...]
    seminars: tuple[Occasion, ...]
    letters: tuple[Occasion, ...]
    campaigns: tuple[Occasion, ...]


def plan_occasions(calendar: Calendar) -> Occasions:
    """Three-day fairs in their months, webinars and seminars by weekday, campaigns all year."""
    return Occasions(
        _fairs(calendar),
        _webinars(calendar),
        _seminars(calendar),
        _letters(calendar),
        _campaigns(calendar),
    )


def _fairs(calendar: Calendar) -> tuple[Occasion, ...]:
    fairs = []
    for year in range(calendar.first_day.year, calendar.last_day.year + 1):
        for month, name in _FAIRS.items():
            middle = date(year, month, 15)
            wednesday = middle + timedelta(days=(2 - middle.weekday()) % 7)
            index = calendar.index(wednesday)
            if index >= 0 and index + 3 <= calendar.days:
                fairs.append(Occasion(f"{name}-{year}", index, 3))
    return tuple(fairs)


def _seminars(calendar: Calendar) -> tuple[Occasion, ...]:
    """In the house, every third Wednesday of a month."""
    days = [calendar.day(index) for index in range(calendar.days)]
    return tuple(
        Occasion(f"seminar-{day:%Y%m}", index, 1)
        for index, day in enumerate(days)
        if day.weekday() == 2 and 15 <= day.day <= 21 and calendar.is_business[index]
    )


def _webinars(calendar: Calendar) -> tuple[Occasion, ...]:
    """Every other Thursday."""
    days = [
        index
        for index in range(calendar.days)
        if calendar.day(index).weekday() == 3
        and calendar.day(index).isocalendar().week % 2 == 0
        and calendar.is_business[index]
    ]
    return tuple(
        Occasion(f"webinar-{_TOPICS[number % len(_TOPICS)]}-{calendar.day(day):%Y%m%d}", day, 1)
        for number, day in enumerate(days)
    )


def _letters(calendar: Calendar) -> tuple[Occasion, ...]:
    """Every 150 days."""
    return tuple(
        Occasion(f"letter-{calendar.day(day):%Y%m}", day, 1)
        for day in range(40, calendar.days, 150)
    )


def _campaigns(calendar: Calendar) -> tuple[Occasion, ...]:
    campaigns = []
    for number, start in enumerate(range(0, calendar.days, 45)):
        medium, source, theme = _ADVERTS[number % len(_ADVERTS)]
        name = f"{theme}-{calendar.day(start):%Y%m}"
        length = min(38, calendar.days - start)
        campaigns.append(Occasion(name, start, length, medium, source))
    return tuple(campaigns)
