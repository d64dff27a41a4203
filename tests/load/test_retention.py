"""What is past its time goes by the reported day, and what keeps a lead keeps all of its person."""

from datetime import date

import pytest

from pipelines.load import load
from pipelines.load.retention import month_before
from pipelines.settings import Retention
from tests.load.home import Home

LEADS = "lead_id,created_at,email,full_name,phone,merged_into_lead_id\n"
VISITS = "event_id,occurred_at,anonymous_id,event_type,lead_id,email\n"
MAILS = "event_id,occurred_at,mail_id,event_type,lead_id,email\n"


@pytest.fixture
def filled(home: Home) -> Home:
    leads = (
        "old,2019-01-01,old@b.example,Ann Old,0312345678,\n"
        "twin,2019-02-01,,Ann OLD,03-1234-5678,\n"
        "new,2025-01-01,new@b.example,,,\n"
        "merged,2019-01-01,,,,new\n"
        "mailed,2019-01-01,mailed@b.example,,,\n"
        "seen,2019-01-01,seen@b.example,,,\n"
    )
    home.write("leads", "a.csv", LEADS + leads)
    visits = (
        "a1,2025-03-31T23:00:00Z,C1,view,,\na2,2025-04-01,C1,view,,\n"
        "s1,2019-05-01,C2,view,seen,\ns2,2025-05-01,C2,view,,\n"
        "o1,2019-05-01,C3,view,,old@B.example\no2,2019-06-01,C3,view,,\n"
    )
    home.write("web_events", "a.csv", VISITS + visits)
    mails = (
        "m1,2019-03-01,M,open,old,\nm2,2025-03-01,M,open,,Mailed@b.example\n"
        "m3,2019-03-01,M,open,,x@b.example\n"
    )
    home.write("mail_events", "a.csv", MAILS + mails)
    return home


def _left(home: Home, **retention: int) -> tuple[set[str], ...]:
    settings = home.settings().replace(retention=Retention(**retention))
    home.progress.extend(load(settings, home.progress.append).warnings)
    feeds = ("leads", "web_events", "mail_events")
    return tuple({str(next(iter(row.values()))) for row in home.standing(feed)} for feed in feeds)


def test_nothing_goes_unless_it_is_asked(filled: Home) -> None:
    leads, visits, mails = _left(filled)
    assert (len(leads), len(visits), len(mails)) == (6, 6, 3)


def test_what_is_past_its_time_goes_and_is_counted(filled: Home) -> None:
    # reported is 2025-06-30: the limit of three months is 2025-03-01, of two 2025-04-01
    assert _left(filled, anonymous_months=3)[1] == {"a1", "a2", "s1", "s2", "o1", "o2"}
    assert _left(filled, anonymous_months=2)[1] == {"a2", "s1", "s2", "o1", "o2"}
    leads, visits, mails = _left(filled, inactive_years=5)
    assert leads == {"new", "merged", "mailed", "seen"}
    # what the cookie of a deleted lead did is anonymous from then on
    assert visits == {"a2", "s1", "s2", "o2"}
    assert mails == {"m2", "m3"}
    erased = filled.query("select feed, rows_read, rows_erased from raw.load_audit order by feed")
    assert [tuple(row.values()) for row in erased] == [
        ("leads", 4, 2),
        ("mail_events", 2, 1),
        ("web_events", 4, 2),
    ]
    assert "leads: 2 rows past the time of [retention] deleted" in filled.progress


def test_months_are_counted_back_over_years() -> None:
    assert month_before(date(2025, 6, 30), 2) == date(2025, 4, 1)
    assert month_before(date(2025, 1, 31), 13) == date(2023, 12, 1)
    assert month_before(date(2025, 6, 1), 12 * 9_999) == date(1, 6, 1)
