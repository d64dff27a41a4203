"""The company lives by the week, the day and the holidays of Japan."""

from collections import Counter
from datetime import date, datetime

import numpy as np
import pytest

from pipelines.simulate.calendar import DAY, Calendar, build_calendar
from pipelines.simulate.company import Company
from pipelines.simulate.vocabulary import MACHINE_AGENTS
from tests.simulate.exports import Exports


@pytest.fixture(scope="module")
def visits(exports: Exports) -> list[datetime]:
    return exports.instants("web_events", "user_agent not like '%bot%'")


def test_a_weekday_is_busier_than_a_day_of_the_weekend(visits: list[datetime]) -> None:
    by_weekday = Counter(visit.weekday() for visit in visits)
    assert min(by_weekday[day] for day in range(5)) > 2 * max(by_weekday[5], by_weekday[6])


def test_the_day_is_busier_than_the_night(visits: list[datetime]) -> None:
    by_hour = Counter(visit.hour for visit in visits)
    assert min(by_hour[hour] for hour in (10, 11, 14, 15)) > 10 * max(by_hour[2], by_hour[4])


def test_bots_work_at_night_too(exports: Exports) -> None:
    machines = ", ".join(f"'{agent}'" for agent in MACHINE_AGENTS)
    instants = exports.instants("web_events", f"user_agent in ({machines})")
    hours = Counter(at.hour for at in instants)
    night = sum(hours[hour] for hour in range(6))
    assert 0.1 < night / hours.total() < 0.45


def test_sales_works_on_business_days_in_office_hours(demo: Company) -> None:
    days = {step.at // DAY for step in demo.steps}
    assert all(demo.calendar.is_business[day] for day in days)
    hours = [step.at % DAY / 3_600 for step in demo.steps]
    assert min(hours) >= 9.0
    assert np.mean([hour < 18.1 for hour in hours]) > 0.97


def test_fairs_bring_leads_in_their_months(demo: Company) -> None:
    people, calendar = demo.people, demo.calendar
    met = people.met_at[people.lead_source == "exhibition"] // DAY
    months = {calendar.day(day).month for day in met.tolist()}
    assert months == {4, 6, 10, 11}


def test_newsletters_leave_every_tuesday(demo: Company) -> None:
    mailings = demo.mail.mailings
    weekly = [
        calendar_day
        for calendar_day, kind in zip(mailings.at // DAY, mailings.mail_type, strict=True)
        if kind in ("newsletter", "product")
    ]
    assert {demo.calendar.day(day).weekday() for day in weekly} == {1}
    days = [demo.calendar.day(index) for index in range(demo.calendar.days)]
    assert len(weekly) == sum(day.weekday() == 1 for day in days)


@pytest.fixture
def golden_week() -> Calendar:
    holidays = [date(2026, 4, 29), date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6)]
    return build_calendar(date(2026, 5, 10), 14, frozenset(holidays))


def test_business_days_skip_weekends_and_holidays(golden_week: Calendar) -> None:
    friday = golden_week.index(date(2026, 5, 1))
    assert golden_week.day(golden_week.business_days_after(friday, 1)) == date(2026, 5, 7)
    assert golden_week.day(golden_week.business_days_after(friday, 3)) == date(2026, 5, 11)
    assert golden_week.day(golden_week.first_business_day(friday + 1)) == date(2026, 5, 7)
    assert golden_week.first_business_day(friday) == friday


def test_holidays_are_quiet(golden_week: Calendar) -> None:
    traffic = golden_week.traffic
    holiday, workday = (golden_week.index(date(2026, 5, day)) for day in (5, 8))
    assert traffic[holiday] < 0.5 * traffic[workday]


def test_a_day_of_the_company_begins_at_midnight_in_tokyo(golden_week: Calendar) -> None:
    assert golden_week.first_day == date(2026, 4, 27)
    begin = golden_week.utc(np.zeros(1, dtype=np.int64))[0]
    assert begin == datetime.fromisoformat("2026-04-27T00:00:00+09:00").timestamp()


def test_months_cover_every_day_once(golden_week: Calendar) -> None:
    assert golden_week.months() == [("2026-04", 0, 4 * DAY), ("2026-05", 4 * DAY, 14 * DAY)]
