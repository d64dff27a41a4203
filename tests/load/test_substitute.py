"""Files that DuckDB alone would refuse or misread."""

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.load import content, parquet_copy
from pipelines.load.reading import read_file
from pipelines.load.relation import UnreadableError
from tests.load.home import Home
from tests.load.test_reading import json_of, rows_of

CSV = b"a,b\n1,2\n3,4\n"
ROWS = [("a", "b"), ("1", "2", None), ("3", "4", None)]


@pytest.mark.parametrize("zeros", [1, 2, 3, 4, 511, 100_000])
@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_zeros_behind_gzip_data_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zeros: int, chunk: int
) -> None:
    monkeypatch.setattr(content, "CHUNK", chunk)
    path = tmp_path / "it.csv.gz"
    for data in (CSV[:6], CSV[6:]):
        path.write_bytes(gzip.compress(CSV.replace(data, b"")) + bytes(zeros))
        assert len(rows_of(path)) == 2
    path.write_bytes(gzip.compress(CSV[:8]) + gzip.compress(CSV[8:]) + bytes(zeros))
    assert rows_of(path) == ROWS
    assert content.padding_of(path) == zeros


def test_zeros_behind_gzip_data_of_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "wh*t?.jsonl.gz"
    lines = b'{"a": "1", "b": 2}\n{"a": 3, "b": 4}\n'
    path.write_bytes(gzip.compress(lines) + bytes(512))
    assert rows_of(path) == ROWS


def test_data_that_ends_in_zeros_itself_has_no_padding(tmp_path: Path) -> None:
    path = tmp_path / "it.csv.gz"
    path.write_bytes(gzip.compress(CSV, mtime=0))
    assert path.read_bytes().endswith(b"\0\0\0")
    assert content.padding_of(path) == 0


@pytest.mark.parametrize(
    "rest",
    [b"\0\0x", b"x", b"\0" * 600 + gzip.compress(CSV, mtime=0)],
    ids=["after zeros", "at once", "more data"],
)
def test_anything_else_behind_gzip_data_is_damage(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "it.csv.gz"
    path.write_bytes(gzip.compress(CSV) + rest)
    with duckdb.connect() as connection, pytest.raises(UnreadableError, match="gzip"):
        read_file(connection, path)


def test_a_large_padded_file_loads_as_a_small_one(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Home(tmp_path / "small")
    rows = "".join(f"O{number},2025-01-05,visit\n" for number in range(60_000))
    packed = gzip.compress(f"event_id,occurred_at,event_type\n{rows}O-,soon,visit\n".encode())
    small.write("offline_events", "it.csv.gz", packed + bytes(4096))
    home.write("offline_events", "it.csv.gz", packed + bytes(4096))
    small.load()
    monkeypatch.setattr("pipelines.load.staging.LARGE_BYTES", 0)
    home.load()
    assert home.raw() == small.raw()
    assert home.audit() == {("it.csv.gz", 1): (60_001, 60_000, 0, 1)}


def write(path: Path, **columns: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


LONG = Decimal("12345678901234567890123456789012345678901.23")


def test_long_decimals_are_read_as_they_are(tmp_path: Path) -> None:
    amounts = pa.array([Decimal("1.50"), LONG, None, Decimal("-1.00")], pa.decimal256(50, 2))
    path = write(tmp_path / "it.parquet", a=["1", "2", "3", "4"], amount=amounts)
    assert rows_of(path) == [
        ("a", "amount"),
        ("1", "1.5", None),
        ("2", str(LONG), None),
        ("3", None, None),
        ("4", "-1", None),
    ]
    assert json_of(path)[1] == {"a": "2", "amount": str(LONG)}


def test_small_and_whole_numbers_of_a_great_scale(home: Home) -> None:
    # the type that BigQuery exports for BIGNUMERIC
    kind = pa.decimal256(76, 38)
    amounts = [Decimal(text) for text in ("0", "0.00000001", "0.005", "-12", "100")]
    count = len(amounts)
    write(
        home.landing / "sales_dispositions" / "it.parquet",
        disposition_id=pa.array([Decimal(900 + number) for number in range(count)], kind),
        occurred_at=["2025-01-05"] * count,
        disposition=["won"] * count,
        lead_id=["L1"] * count,
        amount=pa.array(amounts, kind),
    )
    home.load()
    found = {
        row["disposition_id"]: str(row["amount"]) for row in home.standing("sales_dispositions")
    }
    assert found == {"900": "0.00", "901": "0.00", "902": "0.01", "903": "-12.00", "904": "100.00"}


def test_an_int_of_a_great_scale(home: Home) -> None:
    write(
        home.landing / "offline_events" / "it.parquet",
        event_id=["O1"],
        occurred_at=["2025-01-05"],
        event_type=["visit"],
        quantity=pa.array([Decimal(30)], pa.decimal256(50, 2)),
    )
    home.load()
    assert [row["quantity"] for row in home.standing("offline_events")] == [30]


@pytest.mark.parametrize("precision", [38, 39, 76])
@pytest.mark.parametrize("scale", [0, 2, 20])
def test_amounts_of_every_precision(home: Home, precision: int, scale: int) -> None:
    # the second has 17 digits before the point
    texts = [f"-1234.{'005'.ljust(scale, '0')[:scale]}", "9e16", "1e15"]
    amounts = [*map(Decimal, texts), None]
    write(
        home.landing / "sales_dispositions" / "it.parquet",
        disposition_id=["S1", "S2", "S3", "S4"],
        occurred_at=["2025-01-05"] * 4,
        disposition=["won"] * 4,
        lead_id=pa.array([Decimal(900)] * 4, pa.decimal256(50, 0)),
        amount=pa.array(amounts, pa.decimal256(precision, scale)),
    )
    home.load()
    rows = home.standing("sales_dispositions")
    first = {0: "-1234.00", 2: "-1234.00", 20: "-1234.01"}[scale]
    assert [row["amount"] for row in rows] == [Decimal(first), Decimal(10) ** 15, None]
    assert {row["lead_id"] for row in rows} == {"900"}
    assert [row["row_number"] for row in home.quarantine()] == [2]


def test_long_decimals_within_other_values(tmp_path: Path) -> None:
    long = pa.decimal256(50, 2)
    path = write(
        tmp_path / "it.parquet",
        listed=pa.array([[LONG, None]], pa.list_(long)),
        packed=pa.array([{"x": LONG, "y": 1}], pa.struct({"x": long, "y": pa.int64()})),
        coded=pa.array([LONG], long).dictionary_encode(),
        raw=pa.array([b"bytes"]),
        id=pa.array([b"0123456789abcdef"], pa.uuid()),
    )
    with duckdb.connect() as connection:
        way = read_file(connection, path)
        row = connection.execute(f"select {', '.join(way.columns)} from ({way.sql})").fetchone()
    assert row == (
        f'["{LONG}",null]',
        f'{{"x":"{LONG}","y":1}}',
        str(LONG),
        "bytes",
        UUID("30313233-3435-3637-3839-616263646566"),
    )


def test_a_large_file_of_long_decimals(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, number = Home(tmp_path / "small"), 5_000
    for one in (small, home):
        write(
            one.landing / "sales_dispositions" / "it.parquet",
            disposition_id=[f"S{position}" for position in range(number)],
            occurred_at=["2025-01-05"] * (number - 1) + ["soon"],
            disposition=["won"] * number,
            lead_id=["L1"] * number,
            amount=pa.array([Decimal(position) for position in range(number)], pa.decimal256(60)),
            # the same name as the number of a row has in DuckDB
            file_row_number=list(range(number)),
        )
    small.load()
    monkeypatch.setattr("pipelines.load.staging.LARGE_BYTES", 0)
    home.load()
    assert home.raw() == small.raw()
    total = home.query("select sum(amount) as total from raw.sales_dispositions")
    assert total == [{"total": Decimal(sum(range(number - 1)))}]


def test_an_instant_out_of_range_costs_its_row(home: Home) -> None:
    def dispositions(name: str, instants: pa.Array, **options: bool) -> None:
        count = len(instants)
        path = home.landing / "sales_dispositions" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = {
            "disposition_id": [f"{name}{number}" for number in range(count)],
            "occurred_at": instants,
            "disposition": ["won"] * count,
            "lead_id": ["L1"] * count,
        }
        pq.write_table(pa.table(columns), path, **options)

    good = 1_740_787_200
    # 64 bits of microseconds run over, and end in the year 2025
    over = 2**64 // 10**6 + good
    far = pa.array([good, over, -(10**11), 4_102_444_800], pa.timestamp("s"))
    dispositions("s", far)
    dispositions("int96-", far, use_deprecated_int96_timestamps=True)
    dispositions("ms", pa.array([good * 1000 + 5, 2**62], pa.timestamp("ms", "Asia/Tokyo")))
    dispositions("us", pa.array([good * 10**6, -(2**63) + 1, 2**63 - 1], pa.timestamp("us")))
    dispositions("day", pa.array([20_000, 2**31 - 2, -(10**8)], pa.int32()).cast(pa.date32()))
    home.load()
    found = {
        row["disposition_id"]: str(row["occurred_at"])
        for row in home.standing("sales_dispositions")
    }
    assert found == {
        "s0": "2025-03-01 00:00:00",
        "int96-0": "2025-03-01 00:00:00",
        "ms0": "2025-03-01 00:00:00.005000",
        "us0": "2025-03-01 00:00:00",
        "day0": "2024-10-04 00:00:00",
    }
    reasons = {(row["file"], row["row_number"]): row["reason"] for row in home.quarantine()}
    assert len(reasons) == 11
    early, late = "occurred_at: before 2000-01-01: ", "occurred_at: on or after 2100-01-01: "
    for name in ("s", "int96-"):
        said = str(np.datetime64(over, "s")).replace("T", " ")
        assert reasons[f"{name}.parquet", 2] == f'{late}"{said}"'
        assert reasons[f"{name}.parquet", 3].startswith(f'{early}"-1199-')
        assert reasons[f"{name}.parquet", 4] == f'{late}"2100-01-01 00:00:00"'
    assert reasons["ms.parquet", 2] == f'{late}"146140482-04-24 15:36:27.904Z"'
    assert reasons["us.parquet", 2].startswith(early)
    assert reasons["us.parquet", 3].startswith(late)
    assert reasons["day.parquet", 2].startswith(late)
    assert reasons["day.parquet", 3].startswith(early)


def test_a_duration_is_no_number(home: Home) -> None:
    write(
        home.landing / "offline_events" / "it.parquet",
        event_id=["O1"],
        occurred_at=["2025-01-05"],
        event_type=["visit"],
        quantity=pa.array([5], pa.duration("ms")),
    )
    home.load()
    assert [row["reason"] for row in home.quarantine()] == ['quantity: not a whole number: "5 ms"']


def test_a_type_that_nobody_knows_is_refused_where_it_is_read(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_copy, "LOGICAL_TYPES", {"NONE", "STRING"})
    amounts = pa.array([Decimal("1.50")], pa.decimal128(18, 2))
    for name, column in (("1", "amount"), ("2", "another")):
        write(
            home.landing / "sales_dispositions" / f"{name}.parquet",
            disposition_id=[name],
            occurred_at=["2025-01-05"],
            disposition=["won"],
            lead_id=["L1"],
            **{column: amounts},
        )
    home.load()
    (refused,) = home.quarantine()
    assert (refused["file"], refused["row_number"]) == ("1.parquet", 0)
    assert refused["reason"] == (
        "the file cannot be read: column 'amount' has the type Decimal(precision=18, scale=2),"
        " which cannot be read exactly: export it as text, a number or an instant"
    )
    assert [row["disposition_id"] for row in home.standing("sales_dispositions")] == ["2"]


def test_whole_numbers_of_json_keep_their_digits(home: Home) -> None:
    line = '{"event_id": %s, "occurred_at": "2025-01-05", "event_type": "visit", "x": 1.5}\n'
    digits = ["123456789012345678901234", "18446744073709551616", "-9223372036854775809"]
    home.write("offline_events", "it.jsonl", "".join(line % number for number in digits))
    home.load()
    assert {row["event_id"] for row in home.standing("offline_events")} == {*digits}
