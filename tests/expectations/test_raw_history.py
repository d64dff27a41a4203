"""What only history tells of a raw batch: thin days, quiet feeds, odd blanks and values."""

from datetime import date, datetime, timedelta

import duckdb
import pytest

from expectations.raw import suites
from tests.expectations.judged import failing, results, shipped_limits, speaking_of
from tests.expectations.warehouse import create_raw

pytestmark = pytest.mark.xdist_group("great_expectations")

# a Wednesday; rows fall at noon of Tokyo, 03:00 UTC
AS_OF = date(2025, 6, 25)
WEEKS = 12


def web_days(rows_of_day: dict[date, int], *, usual: int = 60) -> duckdb.DuckDBPyConnection:
    """Twelve weeks of page views up to the reported day, as many a day as given, else the usual."""
    connection = duckdb.connect()
    create_raw(connection)
    for back in range(WEEKS * 7):
        day = AS_OF - timedelta(days=back)
        count = rows_of_day.get(day, 0 if day.weekday() > 4 else usual)
        add_page_views(connection, day, count)
    return connection


def add_page_views(
    connection: duckdb.DuckDBPyConnection,
    day: date,
    count: int,
    event_type: str = "page_view",
    referrer: str | None = "https://search.example/",
) -> None:
    connection.execute(
        "insert into raw.web_events (event_id, occurred_at, event_type, referrer, _is_replaced)"
        " select uuid(), ?, ?, ?, false from range(?)",
        [noon(day), event_type, referrer, count],
    )


def noon(day: date) -> datetime:
    """Noon of Tokyo in UTC."""
    return datetime.combine(day, datetime.min.time()) + timedelta(hours=3)


def raw_failures(
    connection: duckdb.DuckDBPyConnection,
    names: set[str],
    as_of: date = AS_OF,
    holidays: tuple[date, ...] = (),
) -> set[str]:
    judged = speaking_of(suites(shipped_limits()), {f"web_events.{name}" for name in names})
    with connection:
        return failing(results(connection, judged, as_of, holidays=list(holidays)))


VOLUME = {"day_not_thin", "day_not_swollen"}


@pytest.mark.parametrize(
    ("day", "rows", "expected"),
    [
        (AS_OF, 60, set()),
        (AS_OF, 18, set()),
        (AS_OF, 17, {"day_not_thin"}),
        (AS_OF - timedelta(days=6), 0, {"day_not_thin"}),
        # the weekend is quiet, so nothing is missing
        (date(2025, 6, 22), 0, set()),
        (AS_OF, 230, set()),
        (AS_OF, 231, {"day_not_swollen"}),
        (date(2025, 6, 22), 51, {"day_not_swollen"}),
        # a day before the judged ones was told when it was new
        (AS_OF - timedelta(days=7), 0, set()),
    ],
)
def test_a_day_is_compared_with_the_same_weekday(day: date, rows: int, expected: set[str]) -> None:
    assert raw_failures(web_days({day: rows}), VOLUME) == expected


def test_a_holiday_may_be_quiet() -> None:
    assert raw_failures(web_days({AS_OF: 0}), VOLUME, holidays=(AS_OF,)) == set()


def test_a_short_history_is_not_judged() -> None:
    start = AS_OF - timedelta(days=27)
    early = {start - timedelta(days=back): 0 for back in range(1, WEEKS * 7)}
    assert raw_failures(web_days({**early, AS_OF: 1000}), VOLUME) == set()


def test_a_replay_looks_at_its_own_day() -> None:
    replayed = AS_OF - timedelta(days=7)
    assert raw_failures(web_days({replayed: 5}), VOLUME, as_of=replayed) == {"day_not_thin"}


@pytest.mark.parametrize(("quiet", "expected"), [(4, set()), (5, {"feed_is_fresh"})])
def test_a_feed_may_be_silent_twice_as_long_as_before(quiet: int, expected: set[str]) -> None:
    # weekends of two days without a row: four days are believable
    last_friday = date(2025, 6, 20)
    as_of = last_friday + timedelta(days=quiet)
    after = {last_friday + timedelta(days=back): 0 for back in range(1, 7)}
    assert raw_failures(web_days(after), {"feed_is_fresh"}, as_of=as_of) == expected


def test_a_feed_that_died_long_ago_is_told() -> None:
    assert raw_failures(web_days({}), {"feed_is_fresh"}, as_of=date(2026, 6, 1)) == {
        "feed_is_fresh"
    }


def test_a_single_row_has_no_rhythm() -> None:
    connection = duckdb.connect()
    create_raw(connection)
    add_page_views(connection, date(2025, 1, 1), 1)
    assert raw_failures(connection, {"feed_is_fresh", *VOLUME}) == set()


BLANKS = {"blanks_as_before", "column_not_emptied"}


@pytest.mark.parametrize(("blank", "expected"), [(90, set()), (91, {"blanks_as_before"})])
def test_blanks_are_compared_with_the_weeks_before(blank: int, expected: set[str]) -> None:
    # 300 rows in the last week, none of whose referrers was blank before
    connection = web_days({})
    blank_newest(connection, blank)
    assert raw_failures(connection, BLANKS) == expected


def test_a_column_that_is_blank_for_a_day_is_told() -> None:
    # a day of 200 of the week's 440 rows, and a column that only a fifth of the rows fill
    connection = web_days({AS_OF: 200})
    connection.execute(
        "update raw.web_events set referrer = null where event_id not in ("
        " select event_id from raw.web_events order by hash(event_id) limit 1000)"
    )
    assert raw_failures(connection.cursor(), BLANKS) == set()
    blank_newest(connection, 200)
    assert raw_failures(connection, BLANKS) == {"column_not_emptied"}


def test_a_column_that_comes_and_goes_may_be_blank_for_a_day() -> None:
    connection = web_days({AS_OF: 200, AS_OF - timedelta(days=7): 200})
    connection.execute(
        "update raw.web_events set referrer = null where event_id not in ("
        " select event_id from raw.web_events order by hash(event_id) limit 1000)"
    )
    connection.execute(
        "update raw.web_events set referrer = null where occurred_at in (?, ?)",
        [noon(AS_OF), noon(AS_OF - timedelta(days=7))],
    )
    assert raw_failures(connection, BLANKS) == set()


def blank_newest(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    connection.execute(
        "update raw.web_events set referrer = null where event_id in ("
        " select event_id from raw.web_events order by occurred_at desc limit ?)",
        [count],
    )


@pytest.mark.parametrize(
    ("renamed", "expected"),
    [
        (60, set()),
        (61, {"no_flood_of_new_values"}),
        (300, {"no_flood_of_new_values", "no_common_value_vanished"}),
    ],
)
def test_values_are_compared_with_the_weeks_before(renamed: int, expected: set[str]) -> None:
    connection = web_days({})
    connection.execute(
        "update raw.web_events set event_type = 'pageview' where event_id in ("
        " select event_id from raw.web_events order by occurred_at desc limit ?)",
        [renamed],
    )
    assert raw_failures(connection, {"no_flood_of_new_values"}) == expected
