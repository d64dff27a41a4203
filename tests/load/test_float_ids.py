"""Ids that a tool wrote as floats, since its columns of whole numbers have no blanks."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.feeds import FEEDS, FEEDS_BY_NAME
from tests.load.home import Home

REQUIRED = {
    "leads": {"lead_id": "L1", "created_at": "2025-01-05"},
    "web_events": {
        "event_id": "W1",
        "occurred_at": "2025-01-05",
        "anonymous_id": "A1",
        "event_type": "page_view",
    },
    "mail_events": {
        "event_id": "M1",
        "occurred_at": "2025-01-05",
        "mail_id": "m",
        "event_type": "sent",
        "lead_id": "L1",
    },
    "offline_events": {"event_id": "O1", "occurred_at": "2025-01-05", "event_type": "visit"},
    "sales_dispositions": {
        "disposition_id": "S1",
        "occurred_at": "2025-01-05",
        "disposition": "won",
        "lead_id": "L1",
    },
    "enrollments": {
        "enrollment_id": "E1",
        "occurred_at": "2025-01-05",
        "scenario_id": "warm",
        "action": "enter",
        "lead_id": "L1",
    },
    "costs": {"cost_id": "C1", "occurred_at": "2025-01-05", "channel": "fair", "amount": "1"},
}
IDS = [(feed.name, column.name) for feed in FEEDS for column in feed.columns if column.is_id]


def write(home: Home, feed: str, column: str, values: pa.Array, name: str = "it.parquet") -> None:
    columns = {name: [value] * len(values) for name, value in REQUIRED[feed].items()}
    # a row of its own for each file
    columns[FEEDS_BY_NAME[feed].key[0]] = [name] * len(values)
    path = home.landing / feed / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({**columns, column: values}), path)


def read_from(home: Home, feed: str, column: str, file: str) -> list[Any]:
    """The values of a column in the rows of one file."""
    return [
        row[column] for row in home.query(f"select {column} from raw.{feed} where _file = '{file}'")
    ]


def visits(home: Home, ids: list[str], name: str, end: str = "") -> None:
    """Web events whose lead ids are these JSON values."""
    lines = [
        f'{{"event_id": "W{number:02}", "occurred_at": "2025-01-05", "anonymous_id": "A1",'
        f' "event_type": "page_view", "lead_id": {lead_id}}}\n'
        for number, lead_id in enumerate(ids, start=1)
    ]
    home.write("web_events", name, "".join(lines) + end)


def test_the_ids_are_these() -> None:
    assert {column for _, column in IDS} == {
        *("lead_id", "merged_into_lead_id", "event_id", "anonymous_id", "mail_id"),
        *("disposition_id", "opportunity_id", "enrollment_id", "scenario_id", "cost_id"),
    }


def test_every_id_may_be_a_float(home: Home) -> None:
    for feed, column in IDS:
        write(home, feed, column, pa.array([900.0]), f"{column}.parquet")
    home.load()
    assert home.quarantine() == []
    read = {(feed, name): read_from(home, feed, name, f"{name}.parquet") for feed, name in IDS}
    assert read == {key: ["900"] for key in IDS}


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64()])
def test_floats_of_every_width(home: Home, kind: pa.DataType) -> None:
    write(home, "offline_events", "event_id", pa.array([900.0, 2048.0, -0.0, -5.0], kind))
    home.load()
    ids = {row["event_id"] for row in home.standing("offline_events")}
    assert ids == {"900", "2048", "0", "-5"}


WHOLE, LARGE = "not a whole number", "too large a number for a float to hold exactly"
FLOATS: list[tuple[float | None, pa.DataType, str | None]] = [
    (123456792.0, pa.float32(), "123456792"),
    (1e15, pa.float64(), "1000000000000000"),
    (1.2345678901234567e15, pa.float64(), WHOLE),
    (2.0**53 - 1, pa.float64(), "9007199254740991"),
    (2.0**53, pa.float64(), LARGE),
    (-(2.0**53), pa.float64(), LARGE),
    (1.2345678901234568e16, pa.float64(), LARGE),
    (1e300, pa.float64(), LARGE),
    (900.5, pa.float64(), WHOLE),
    (1e-300, pa.float64(), WHOLE),
    (float("inf"), pa.float64(), WHOLE),
    (float("-inf"), pa.float64(), WHOLE),
    # what these tools write for a blank, in every type of column
    (float("nan"), pa.float64(), None),
    (None, pa.float64(), None),
]


@pytest.fixture(scope="module")
def floats(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that has loaded each of them from a file of its own."""
    home = Home(tmp_path_factory.mktemp("floats"))
    for place, (value, kind, _) in enumerate(FLOATS):
        write(home, "leads", "merged_into_lead_id", pa.array([value], kind), f"{place}.parquet")
    home.load()
    return home


@pytest.mark.parametrize("place", range(len(FLOATS)), ids=[str(value) for value, *_ in FLOATS])
def test_a_float_that_names_nobody_for_sure_is_quarantined(floats: Home, place: int) -> None:
    *_, expected = FLOATS[place]
    file = f"{place}.parquet"
    standing = read_from(floats, "leads", "merged_into_lead_id", file)
    reasons = [row["reason"] for row in floats.quarantine() if row["file"] == file]
    if expected in (WHOLE, LARGE):
        assert standing == []
        (reason,) = reasons
        assert reason.startswith(f"merged_into_lead_id: {expected}: ")
    else:
        assert (standing, reasons) == ([expected], [])


def test_a_required_id_that_is_not_a_number_is_blank(home: Home) -> None:
    write(home, "offline_events", "event_id", pa.array([float("nan")]))
    home.load()
    assert [row["reason"] for row in home.quarantine()] == ["event_id: required, but blank"]


def test_decimals_are_exact(home: Home) -> None:
    ids = [Decimal("900.00"), Decimal("900.50")]
    write(home, "offline_events", "event_id", pa.array(ids, pa.decimal128(20, 2)))
    home.load()
    assert {row["event_id"] for row in home.standing("offline_events")} == {"900", "900.50"}


def test_other_texts_keep_the_point(home: Home) -> None:
    write(home, "offline_events", "campaign", pa.array([2025.0]))
    home.load()
    assert [row["campaign"] for row in home.standing("offline_events")] == ["2025.0"]


JSON_IDS: dict[str, Any] = {
    "900": "900",
    "900.0": "900",
    "1e3": "1000",
    "9.0E2": "900",
    "-0.0": "0",
    "9007199254740991.0": "9007199254740991",
    "NaN": None,
    "null": None,
    # whole numbers and texts are what they are
    "9007199254740993": "9007199254740993",
    "123456789012345678901234567890": "123456789012345678901234567890",
    '"900.0"': "900.0",
    '"900.5"': "900.5",
    '"1e3"': "1e3",
    "[900.0]": "[900.0]",
    '{"lead_id":900.5}': '{"lead_id":900.5}',
}
BAD_JSON_IDS = {
    "900.5": 'not a whole number: "900.5"',
    "9007199254740992.0": ('too large a number for a float to hold exactly: "9007199254740992.0"'),
    "1e16": 'too large a number for a float to hold exactly: "1e16"',
    "Infinity": 'not a whole number: "Infinity"',
}


# a line that is broken, or two spellings of a key, need the tolerant reading
@pytest.mark.parametrize("end", ["", "broken\n", '{"LEAD_ID": " ", "lead_id": 7.0}\n'])
def test_numbers_of_json(home: Home, end: str) -> None:
    visits(home, [*JSON_IDS, *BAD_JSON_IDS], "it.jsonl", end)
    home.load()
    found = [row["lead_id"] for row in home.standing("web_events")]
    assert found == list(JSON_IDS.values())
    reasons = [row["reason"] for row in home.quarantine()][: len(BAD_JSON_IDS)]
    assert reasons == [f"lead_id: {fault}" for fault in BAD_JSON_IDS.values()]


def test_the_filled_of_two_spellings_is_the_float(home: Home) -> None:
    home.write(
        "web_events",
        "it.jsonl",
        '{"event_id": "W1", "occurred_at": "2025-01-05", "anonymous_id": "A1",'
        ' "event_type": "page_view", "Lead_ID": " ", "lead_id": 7.0, "LEAD_ID": "8.0"}\n'
        '{"event_id": "W2", "occurred_at": "2025-01-05", "anonymous_id": 2.0,'
        ' "event_type": "page_view", "Lead_ID": "8.0", "lead_id": 7.0}\n',
    )
    home.load()
    first, second = home.standing("web_events")
    assert (first["lead_id"], second["lead_id"]) == ("7", "8.0")
    assert second["anonymous_id"] == "2"


def test_a_float_far_down_a_large_file(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Home(tmp_path / "small")
    ids = ['"L1"'] * 3_000 + ["900.0", "900.5", "NaN"]
    for one in (small, home):
        visits(one, ids, "it.jsonl")
    small.load()
    monkeypatch.setattr("pipelines.load.staging.LARGE_BYTES", 0)
    home.load()
    assert home.raw() == small.raw()
    assert {row["lead_id"] for row in home.standing("web_events")} == {"L1", "900", None}
    assert home.audit() == {("it.jsonl", 1): (3_003, 3_002, 0, 1)}


def test_texts_of_a_csv_are_kept(home: Home) -> None:
    header = ",".join(FEEDS_BY_NAME["offline_events"].column_names[:4])
    home.write("offline_events", "it.csv", f"{header}\n1.0,2025-01-05,visit,900.0\n")
    home.load()
    (row,) = home.standing("offline_events")
    assert (row["event_id"], row["lead_id"]) == ("1.0", "900.0")
