"""Large files are checked and then loaded from where they lie: nothing else may differ."""

import gzip
import json
from pathlib import Path

import pytest

from pipelines.load import staging
from tests.load.home import Home

ROWS = 4_000


def rows() -> list[dict[str, str]]:
    """Web events with a bad row every 97, the first and the last included, and keys twice."""
    made = []
    for number in range(ROWS):
        event = {
            "event_id": f"W{number % (ROWS - 50)}",
            "occurred_at": f"2025-01-{number % 28 + 1:02}T00:00:{number % 60:02}Z",
            "anonymous_id": f"A{number % 7}",
            "event_type": "page_view",
            "page_url": 'line\nbreak, comma and "quote"' if number % 5 == 0 else f"/p/{number}",
        }
        if number % 97 == 0 or number == ROWS - 1:
            event["occurred_at"] = "soon"
        made.append(event)
    return made


def csv_of(events: list[dict[str, str]]) -> str:
    lines = [",".join(events[0])]
    for event in events:
        lines.append(",".join('"' + value.replace('"', '""') + '"' for value in event.values()))
    return "\n".join(lines) + "\n"


def fill(home: Home) -> None:
    events = rows()
    good = [event for event in events if event["occurred_at"] != "soon"]
    home.write("web_events", "1.csv", csv_of(events))
    home.write("web_events", "2.csv.gz", csv_of(good))
    home.write("web_events", "3.csv", csv_of(events) + "W1,2025-01-01,A,page_view,/,\nW2\n")
    home.write("web_events", "4.jsonl", "".join(json.dumps(event) + "\n" for event in events))
    home.write("web_events", "5.jsonl.gz", "\n".join([json.dumps(event) for event in good]))
    home.write("web_events", "6.jsonl", "oops\n" + json.dumps(events[1]))
    source = str(home.landing / "web_events" / "4.jsonl")
    home.write_parquet("web_events", "7.parquet", f"select * from read_json('{source}')")
    home.write("web_events", "8.csv", b"\xff\xfe")
    home.write("web_events", "9.csv", "event_id\n")


def test_large_files_load_as_small_ones(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Home(tmp_path / "small")
    fill(small)
    small.load()
    fill(home)
    monkeypatch.setattr(staging, "LARGE_BYTES", 0)
    home.load()

    assert home.raw() == small.raw()
    # every row of a file is somewhere, under its own number
    numbers = home.query(
        "select _row_number as number from raw.web_events where _file = '3.csv'"
        " union all select row_number from raw.quarantine where file = '3.csv' order by number"
    )
    assert [row["number"] for row in numbers] == list(range(1, ROWS + 3))
    assert home.load().feeds[1].rows_read == 0


GOOD = [event for event in rows() if event["occurred_at"] != "soon"]
LINES = [json.dumps(event) for event in GOOD]


@pytest.mark.parametrize(
    ("name", "content", "is_verified"),
    [
        ("sound.csv", csv_of(GOOD).encode(), True),
        ("bad rows.csv", csv_of(rows()).encode(), True),
        ("bad rows.jsonl", "\n".join([*map(json.dumps, rows()), ""]).encode(), True),
        ("sound.jsonl", "\n".join(LINES).encode(), True),
        ("absent keys.jsonl", "\n".join(['{"event_id": "W1"}', *LINES]).encode(), True),
        ("cut.csv.gz", gzip.compress(csv_of(GOOD).encode(), mtime=0)[:-9], True),
        ("empty field.csv", (csv_of(GOOD) + "W1,2025-01-01,A,page_view,/,\n").encode(), False),
        ("short row.csv", (csv_of(GOOD) + "W1\n").encode(), False),
        ("late key.jsonl", "\n".join([*LINES, '{"EMAIL": "a@x.example"}']).encode(), False),
        ("fraction.jsonl", "\n".join([*LINES, '{"event_id": 1.50}']).encode(), False),
        ("broken.jsonl", "\n".join([*LINES, "{"]).encode(), False),
    ],
)
def test_a_large_file_is_verified_after_the_load(
    home: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes,
    is_verified: bool,
) -> None:
    small = Home(tmp_path / "small")
    for other in (small, home):
        other.write("web_events", name, content)
        other.write("web_events", "another.csv", csv_of(GOOD[:5]))
    small.load()
    monkeypatch.setattr(staging, "LARGE_BYTES", 0)
    home.load()

    assert home.raw() == small.raw()
    said = [line for line in home.progress if "reading every large file" in line]
    assert len(said) == (0 if is_verified else 1)


def test_a_file_that_changes_while_it_is_read_is_not_loaded(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "LARGE_BYTES", 0)
    path = home.write("web_events", "a.csv", csv_of(rows()))
    accept = staging.Stage.accept

    def accept_and_change(*arguments: object) -> None:
        accept(*arguments)  # type: ignore[arg-type]
        path.write_text(csv_of(rows()[:10]))

    monkeypatch.setattr(staging.Stage, "accept", accept_and_change)
    with pytest.raises(Exception, match=r"a\.csv changed while it was read"):
        home.load()
    monkeypatch.undo()

    home.load()
    assert home.audit() == {("a.csv", 1): (10, 9, 0, 1)}
    assert len(home.query("from raw.web_events")) == 9
    assert len(home.query("from raw._dlt_loads")) == 1
