"""What the home knows of people is found in published texts, however it is spelt."""

import json
import os
import sqlite3
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.catalog import tables_of
from expectations.known_people import suites
from expectations.written import collect
from pipelines.database import register_functions
from pipelines.feeds import FEEDS
from pipelines.settings import Settings, Source
from tests.expectations.judged import results, shipped_limits
from tests.expectations.small_funnel import AS_OF

pytestmark = pytest.mark.xdist_group("great_expectations")

ADDRESSES = (
    *("ask Taro.S@Corp.example now", "taro.s(at)corp.example", "taro.s [at] corp.example"),
    *("taro.s&#64;corp.example", "taro.s&#x40;corp.example", "ｔａｒｏ．ｓ＠corp.example"),
    *("/u/taro.s%40corp.example/x", "/u/taro.s%252540corp.example", "c-taro.s@corp.example"),
    "ta\u200bro.s@corp.example",
)
PHONES = (
    *("tel 090-1234-5678", "09012345678", "+81 (0)90 1234 5678", "０９０－１２３４－５６７８"),
    *("/tel/090%2D1234%2D5678", "090.1234.5678"),
)
NAMES = (
    *("met Taro Suzuki", "SUZUKI, Taro", "/people/taro-suzuki", "taro_suzuki"),
    *("鈴木太郎様に電話", "鈴木　太郎", "%E9%88%B4%E6%9C%A8%E5%A4%AA%E9%83%8E"),
)
# other people, numbers that are none, half of a name, and a name too short to be told apart
NOTHING = (
    *("jiro@corp.example", "taro.s at corp.example", "090-1234-5679", "order 123456789012"),
    *("Taro", "suzuki motors", "鈴木様", "plan a b", "100% sure", "%ff%fe", ""),
)


@pytest.fixture(scope="module")
def home() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    register_functions(connection)
    connection.execute("create schema raw; create schema marts")
    for feed in FEEDS:
        columns = ", ".join(f"{name} varchar" for name in feed.raw_names)
        connection.execute(f"create table raw.{feed.name} ({columns})")
    connection.execute(
        "insert into raw.leads (email, phone, full_name) values"
        " (null, '+81 90-1234-5678', 'Taro Suzuki'), (null, '12', '鈴木 太郎'), (null, null, 'A B')"
    )
    connection.execute("insert into raw.mail_events (email) values (' TARO.S@corp.example ')")
    return connection


def _found(home: duckdb.DuckDBPyConnection, column: str, *texts: str) -> list[tuple[int, ...]]:
    """By text: how many addresses, phones and names are found in a mart of it alone."""
    found = []
    for text in texts:
        home.execute(f"create or replace table marts.fct_handoffs ({column} varchar)")
        home.execute("insert into marts.fct_handoffs values (?)", [text])
        (suite,) = suites(tables_of(home), shipped_limits())
        ((_, _, *counts),) = home.execute(suite.query).fetchall()
        found.append(tuple(counts))
    return found


def test_every_spelling_is_found(home: duckdb.DuckDBPyConnection) -> None:
    assert _found(home, "reason", *ADDRESSES) == [(1, 0, 0)] * len(ADDRESSES)
    assert _found(home, "page_path", *PHONES) == [(0, 1, 0)] * len(PHONES)
    assert _found(home, "campaign", *NAMES) == [(0, 0, 1)] * len(NAMES)
    assert _found(home, "reason", *NOTHING) == [(0, 0, 0)] * len(NOTHING)


def test_staff_are_named_on_purpose_and_may_not_be_reached(home: duckdb.DuckDBPyConnection) -> None:
    found = _found(home, "sales_rep", "Taro Suzuki", "Ken, 090-1234-5678", "taro.s(at)corp.example")
    assert found == [(0, 0, 0), (0, 1, 0), (1, 0, 0)]


def test_ids_are_not_searched(home: duckdb.DuckDBPyConnection) -> None:
    home.execute("create or replace table marts.fct_handoffs as select '09012345678' as person_id")
    assert list(suites(tables_of(home), shipped_limits())) == []


def test_what_is_found_blocks_and_is_not_repeated(home: duckdb.DuckDBPyConnection) -> None:
    home.execute(
        "create or replace table marts.fct_handoffs as"
        " select 'Taro Suzuki, taro.s(at)corp.example' as reason"
    )
    judged = results(home, suites(tables_of(home), shipped_limits()), AS_OF)
    told = {one.name: (one.severity, one.success, one.sample_rows) for one in judged}
    place = {"mart": "fct_handoffs", "column_name": "reason"}
    assert told == {
        "no_known_addresses": ("blocks", False, [{**place, "addresses": 1}]),
        "no_known_phones": ("blocks", True, []),
        "no_known_names": ("blocks", False, [{**place, "names": 1}]),
    }


def _event(path: Path, *texts: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as events:
        events.execute("create table event_logs (event text)")
        event = {"message": texts[0], "entries": [{"text": text} for text in texts]}
        events.execute("insert into event_logs values (?)", [json.dumps(event)])


def test_what_is_written_beside_the_marts_is_searched(
    home: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "error.txt").write_text("fails:\n  row of taro.s&#64;corp.example")
    rows = [{"sales_rep": "Taro Suzuki", "person_id": "09012345678", "reason": "鈴木太郎様"}]
    for run in ("1", "2", "3"):
        report = tmp_path / "gates" / run / "raw.json"
        report.parent.mkdir(parents=True)
        report.write_text(json.dumps({"results": [{"sample_rows": rows if run == "3" else []}]}))
    runs = tmp_path / "dagster" / "history" / "runs"
    _event(runs / "a-1.db", "Taro Suzuki of an older run")
    os.utime(runs / "a-1.db", (1, 1))
    _event(runs / "a-2.db", "nobody")
    _event(runs / "a-3.db", "lead_id=09012345678 well", "call 090-1234-5678\nand wait")
    settings = Settings(home=tmp_path, sources=(Source(landing=tmp_path),), as_of=date(2025, 6, 30))
    home.execute("drop schema marts cascade; create schema marts")
    collect(home, settings)
    try:
        (suite,) = suites(tables_of(home), shipped_limits())
        assert suite.name == "known_people_written"
        found = {row[:2]: row[2:] for row in home.execute(suite.query).fetchall() if any(row[2:])}
    finally:
        home.execute("detach written_beside")
    assert found == {
        ("logs", "error.txt"): (1, 0, 0),
        ("gates", "reason"): (0, 0, 1),
        ("dagster", "text"): (0, 1, 0),
    }
