"""A home that was loaded before feeds declared a column, or a whole feed."""

import shutil
import subprocess
import sys
from datetime import datetime

from pipelines.settings import PROJECT
from tests.load.home import Home, Row

HEADER = "event_id,occurred_at,event_type"
FAIR = f"{HEADER}\nO1,2025-01-05,visit\nO2,2025-01-06,visit\nO-bad,soon,visit\n"
DEFAULTS = {"venue": "unknown", "guests": 2, "paid_at": None, "note": None}


def load_with(added: str, home: Home) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.load.changed_feeds", str(home.folder), added]
    return subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)


def events(home: Home) -> dict[str, Row]:
    rows = home.query(
        "select event_id, venue, guests, ended_at, paid_at, note from raw.offline_events"
        " where not _is_replaced"
    )
    return {row.pop("event_id"): row for row in rows}


def test_a_run_with_nothing_new_adds_the_columns_with_their_defaults(home: Home) -> None:
    home.write("offline_events", "a.csv", FAIR)
    home.load()
    before = home.raw()

    done = load_with("optional", home)

    assert done.returncode == 0, done.stderr
    assert events(home) == {
        "O1": DEFAULTS | {"ended_at": datetime(2025, 1, 5)},
        "O2": DEFAULTS | {"ended_at": datetime(2025, 1, 6)},
    }
    assert home.query("from raw.calls") == []
    after = home.raw()
    assert [
        row.items() <= new.items()
        for row, new in zip(before.pop("offline_events"), after.pop("offline_events"), strict=True)
    ] == [True, True]
    assert after == before


def test_old_and_new_rows_of_a_changed_feed_agree(home: Home) -> None:
    home.write("offline_events", "a.csv", FAIR)
    home.load()
    home.write("offline_events", "b.csv", f"{HEADER},venue\nO2,2025-01-06,visit,Osaka\n")
    home.write("offline_events", "c.csv", f"{HEADER}\nO3,2025-01-07,visit\n")
    home.write("calls", "calls.csv", "call_id\nC1\n")

    done = load_with("optional", home)
    assert done.returncode == 0, done.stderr
    again = load_with("optional", home)
    assert again.returncode == 0, again.stderr

    assert events(home) == {
        "O1": DEFAULTS | {"ended_at": datetime(2025, 1, 5)},
        "O2": DEFAULTS | {"ended_at": datetime(2025, 1, 6), "venue": "Osaka"},
        "O3": DEFAULTS | {"ended_at": datetime(2025, 1, 7)},
    }
    assert home.audit() == {
        ("a.csv", 1): (3, 1, 1, 1),
        ("b.csv", 1): (1, 1, 0, 0),
        ("c.csv", 1): (1, 1, 0, 0),
        ("calls.csv", 1): (1, 1, 0, 0),
    }
    fresh = Home(home.folder / "fresh")
    shutil.copytree(home.landing, fresh.landing)
    done = load_with("optional", fresh)
    assert done.returncode == 0, done.stderr
    assert fresh.raw() == home.raw()


def test_a_column_that_is_no_longer_declared_stays_blank(home: Home) -> None:
    home.write("offline_events", "a.csv", FAIR)
    done = load_with("optional", home)
    assert done.returncode == 0, done.stderr
    home.write("offline_events", "b.csv", f"{HEADER},venue\nO3,2025-01-07,visit,Osaka\n")
    home.load()
    assert {name: row["venue"] for name, row in events(home).items()} == {
        "O1": "unknown",
        "O2": "unknown",
        "O3": None,
    }


def test_a_required_column_is_refused_where_rows_lack_it(home: Home) -> None:
    home.write("offline_events", "a.csv", FAIR)
    home.load()
    before = home.raw()
    done = load_with("required", home)
    assert done.returncode == 1
    assert "offline_events: the new column badge is required" in done.stderr
    assert home.raw() == before


def test_a_required_column_is_added_where_no_row_lacks_it(home: Home) -> None:
    home.write("leads", "leads.csv", "lead_id,created_at\nL1,2025-01-01\n")
    home.load()
    home.write("offline_events", "a.csv", f"{HEADER},badge\nO1,2025-01-05,visit,B1\n")
    done = load_with("required", home)
    assert done.returncode == 0, done.stderr
    assert home.query("select event_id, badge from raw.offline_events") == [
        {"event_id": "O1", "badge": "B1"}
    ]
