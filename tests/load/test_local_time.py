"""The clock of a time zone is read as its people read it, in odd hours too."""

from datetime import datetime

import duckdb
import pytest

from pipelines.load.local_time import in_utc, minutes_put_back


@pytest.mark.parametrize(
    ("zone", "shown", "utc"),
    [
        ("Asia/Tokyo", "2025-11-02 01:30:00", "2025-11-01 16:30:00"),
        # shown at 05:30 and at 06:30 UTC
        ("America/New_York", "2025-11-02 01:30:00", "2025-11-02 05:30:00"),
        ("America/New_York", "2025-11-02 02:00:00", "2025-11-02 07:00:00"),
        # never shown, as 03:00 follows 01:59: half an hour later than that
        ("America/New_York", "2025-03-09 02:30:00", "2025-03-09 07:30:00"),
        # put back by half an hour, by two, by three
        ("Australia/Lord_Howe", "2025-04-06 01:45:00", "2025-04-05 14:45:00"),
        ("Antarctica/Troll", "2025-10-26 01:30:00", "2025-10-25 23:30:00"),
        ("Antarctica/Casey", "2010-03-04 23:30:00", "2010-03-04 12:30:00"),
    ],
)
def test_what_a_clock_shows_twice_is_its_first_showing(zone: str, shown: str, utc: str) -> None:
    read = duckdb.execute(f"select {in_utc('shown', zone)} from (select timestamp '{shown}' shown)")
    assert read.fetchone() == (datetime.fromisoformat(utc),)


def test_only_the_steps_of_the_zone_itself_are_tried() -> None:
    assert minutes_put_back("Asia/Tokyo") == []
    assert minutes_put_back("Europe/Berlin") == [60]
    assert minutes_put_back("Australia/Lord_Howe") == [30]
