"""Each type of section 2, value by value."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.feeds import Column
from pipelines.load.typed import source_name, typing_of
from pipelines.sql import literal

BAD = object()


def read(kind: str, given: str, *, zone: str = "UTC", native: str = "VARCHAR") -> Any:
    """The value of a raw SQL expression, BAD if there is a fault."""
    column = Column("it", kind)  # type: ignore[arg-type]
    typing = typing_of(column, "raw", native, zone)
    source = source_name("it")
    query = (
        f"select it, {typing.fault} from (select {source}, {typing.value} as it"
        f" from (select {typing.source} as {source} from (select {given} as raw)))"
    )
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        value, fault = connection.execute(query).fetchone() or (None, None)
    return value if fault is None else BAD


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-01", datetime(2025, 3, 1)),
        ("2025/03/01", datetime(2025, 3, 1)),
        ("2025-03-01T09:30", datetime(2025, 3, 1, 9, 30)),
        ("2025/03/01 09:30:15", datetime(2025, 3, 1, 9, 30, 15)),
        ("2025-03-01 09:30:15.5", datetime(2025, 3, 1, 9, 30, 15, 500_000)),
        ("2025-03-01T09:30:15.123456Z", datetime(2025, 3, 1, 9, 30, 15, 123_456)),
        ("2025-03-01T09:30Z", datetime(2025, 3, 1, 9, 30)),
        ("2025-03-01 09:30+09:00", datetime(2025, 3, 1, 0, 30)),
        ("2025/03/01 09:30:00+0900", datetime(2025, 3, 1, 0, 30)),
        ("2025-03-01T00:30:00.25-0130", datetime(2025, 3, 1, 2, 0, 0, 250_000)),
        ("2025-03-01T00:30:00-23:59", datetime(2025, 3, 2, 0, 29)),
        ("2025-03-01 09:30:15+09", datetime(2025, 3, 1, 0, 30, 15)),
        ("2025-03-01T09:30:15.123456-05", datetime(2025, 3, 1, 14, 30, 15, 123_456)),
        ("2025/03/01 09:30+00", datetime(2025, 3, 1, 9, 30)),
        ("2024-02-29", datetime(2024, 2, 29)),
        (" 2025-03-01\t", datetime(2025, 3, 1)),
        ("\u30002025-03-01T09:30+09:00\u00a0", datetime(2025, 3, 1, 0, 30)),
        ("2000-01-01", datetime(2000, 1, 1)),
        ("2099-12-31T23:59:59.999999", datetime(2099, 12, 31, 23, 59, 59, 999_999)),
        ("1999-12-31T23:59:59-01:00", datetime(2000, 1, 1, 0, 59, 59)),
        ("2000-01-01T00:00+00:01", BAD),
        ("1999-12-31T23:59:59.999999", BAD),
        ("2100-01-01", BAD),
        ("2099-12-31T23:30-01:00", BAD),
        ("2025-02-29", BAD),
        ("2025-13-01", BAD),
        ("2025-03/01", BAD),
        ("2025-3-1", BAD),
        ("20250301", BAD),
        ("01/03/2025", BAD),
        ("2025-03-01Z", BAD),
        ("2025-03-01+09:00", BAD),
        ("2025-03-01T09", BAD),
        ("2025-03-01T9:30", BAD),
        ("2025-03-01T24:00", BAD),
        ("2025-03-01T09:60", BAD),
        ("2025-03-01T09:30:60", BAD),
        ("2025-03-01T09:30:15.", BAD),
        ("2025-03-01T09:30:15.1234567", BAD),
        ("2025-03-01T09:30:15+9", BAD),
        ("2025-03-01T09:30:15+24", BAD),
        ("2025-03-01T09:30:15+090", BAD),
        ("2025-03-01+09", BAD),
        ("2025-03-01T09:30:15+24:00", BAD),
        ("2025-03-01T09:30:15+09:60", BAD),
        ("2025-03-01T09:30:15 Z", BAD),
        ("2025-03-01t09:30:15z", BAD),
        ("2025-03-01T09:30:15 UTC", BAD),
        ("2025-03-01  09:30", BAD),
        ("２０２５-03-01", BAD),
        ("1743465600", BAD),
        ("infinity", BAD),
        ("epoch", BAD),
        ("0000-00-00", BAD),
        ("", None),
        (" \t\u3000\u0085\x1c", None),
    ],
)
def test_instants_follow_the_grammar(text: str, expected: Any) -> None:
    assert read("instant", literal(text)) == expected


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2025-03-01", "Asia/Tokyo", datetime(2025, 2, 28, 15)),
        ("2025-03-01 09:30:00", "Asia/Tokyo", datetime(2025, 3, 1, 0, 30)),
        ("2025-03-01 09:30:00Z", "Asia/Tokyo", datetime(2025, 3, 1, 9, 30)),
        ("2025-03-01 09:30+01:00", "Asia/Tokyo", datetime(2025, 3, 1, 8, 30)),
        ("2025-03-01 09:30+01", "Asia/Tokyo", datetime(2025, 3, 1, 8, 30)),
        ("2000-01-01 08:59:59", "Asia/Tokyo", BAD),
        ("2100-01-01 08:59:59", "Asia/Tokyo", datetime(2099, 12, 31, 23, 59, 59)),
        ("2025-07-01 12:00", "Europe/Berlin", datetime(2025, 7, 1, 10)),
        ("2025-01-01 12:00", "Europe/Berlin", datetime(2025, 1, 1, 11)),
        # an hour that the clock shows twice: its first showing; one that it skips: as if it did not
        ("2025-10-26 02:30", "Europe/Berlin", datetime(2025, 10, 26, 0, 30)),
        ("2025-03-30 02:30", "Europe/Berlin", datetime(2025, 3, 30, 1, 30)),
    ],
)
def test_instants_without_offset_are_local(text: str, zone: str, expected: Any) -> None:
    assert read("instant", literal(text), zone=zone) == expected


@pytest.mark.parametrize(
    ("given", "native", "expected"),
    [
        ("date '2025-03-01'", "DATE", datetime(2025, 2, 28, 15)),
        ("timestamp '2025-03-01 09:30:00'", "TIMESTAMP", datetime(2025, 3, 1, 0, 30)),
        ("timestamp_ms '2025-03-01 09:30:00'", "TIMESTAMP_MS", datetime(2025, 3, 1, 0, 30)),
        ("timestamp_ns '2025-03-01 09:30:00'", "TIMESTAMP_NS", datetime(2025, 3, 1, 0, 30)),
        (
            "timestamptz '2025-03-01 09:30:00+02'",
            "TIMESTAMP WITH TIME ZONE",
            datetime(2025, 3, 1, 7, 30),
        ),
        ("date '1999-06-01'", "DATE", BAD),
        ("date '290000-01-01'", "DATE", BAD),
        ("timestamp 'infinity'", "TIMESTAMP", BAD),
        ("1743465600", "INTEGER", BAD),
        ("null::date", "DATE", None),
    ],
)
def test_native_instants_of_parquet(given: str, native: str, expected: Any) -> None:
    assert read("instant", given, native=native, zone="Asia/Tokyo") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, True) for text in ("true", "T", "Yes", "1", " TRUE ")),
        *((text, False) for text in ("false", "f", "NO", "0", "False\n")),
        *((text, BAD) for text in ("y", "n", "on", "off", "2", "1.0", "真", "truee", "t f")),
        ("  ", None),
    ],
)
def test_bools(text: str, expected: Any) -> None:
    assert read("bool", literal(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42", 42),
        ("+42", 42),
        ("-7", -7),
        ("007", 7),
        ("999.0", 999),
        (" 5 ", 5),
        ("9223372036854775807", 9223372036854775807),
        ("9223372036854775808", BAD),
        *((text, BAD) for text in ("1,200", "1e3", "5.5", "5.", "5.00", "about 300", "- 5")),
        *((text, BAD) for text in ("５", "0x10", "1_000", "+", "½", "--5")),
        ("", None),
    ],
)
def test_ints(text: str, expected: Any) -> None:
    assert read("int", literal(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", "12.00"),
        ("12.345", "12.35"),
        ("-12.345", "-12.35"),
        ("12.3449999999999999999999999999", "12.34"),
        ("1.005", "1.01"),
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("+.5", "0.50"),
        ("5.", "5.00"),
        ("1234567890123456.785", "1234567890123456.79"),
        ("9999999999999999.994", "9999999999999999.99"),
        ("9999999999999999.995", BAD),
        ("12345678901234567", BAD),
        *((text, BAD) for text in ("1e3", "1,000", "¥500", "$5", ".", "5%", "NaN", "inf", "1 0")),
        ("\u3000", None),
    ],
)
def test_decimals_are_rounded_half_up(text: str, expected: Any) -> None:
    if isinstance(expected, str):
        expected = Decimal(expected)
    assert read("decimal", literal(text)) == expected


@pytest.mark.parametrize(
    ("kind", "given", "native", "expected"),
    [
        ("int", "50::tinyint", "TINYINT", 50),
        ("int", "50.0::double", "DOUBLE", 50),
        ("int", "1e17::double", "DOUBLE", 10**17),
        ("int", "50.5::double", "DOUBLE", BAD),
        ("int", "'nan'::double", "DOUBLE", None),
        ("int", "'inf'::double", "DOUBLE", BAD),
        ("int", "50.00::decimal(9, 2)", "DECIMAL(9,2)", 50),
        ("int", "50.01::decimal(9, 2)", "DECIMAL(9,2)", BAD),
        ("int", "18446744073709551615::ubigint", "UBIGINT", BAD),
        ("int", "true", "BOOLEAN", BAD),
        ("bool", "true", "BOOLEAN", True),
        ("bool", "0::integer", "INTEGER", False),
        ("bool", "1.0::double", "DOUBLE", True),
        ("bool", "2::integer", "INTEGER", BAD),
        ("decimal", "1.005::double", "DOUBLE", Decimal("1.01")),
        ("decimal", "0.1::float", "FLOAT", Decimal("0.10")),
        ("decimal", "0.00001::double", "DOUBLE", Decimal("0.00")),
        ("decimal", "1e16::double", "DOUBLE", BAD),
        ("decimal", "1.005::decimal(20, 3)", "DECIMAL(20,3)", Decimal("1.01")),
        ("decimal", "12::bigint", "BIGINT", Decimal("12.00")),
        ("text", "12::bigint", "BIGINT", "12"),
        ("text", "true", "BOOLEAN", "true"),
        ("text", "'a'::enum('a', 'b')", "ENUM('a', 'b')", "a"),
    ],
)
def test_native_values_of_parquet(kind: str, given: str, native: str, expected: Any) -> None:
    assert read(kind, given, native=native) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" padded ", " padded "),
        ("NULL", "NULL"),
        ("\u200b", "\u200b"),
        ("日本", "日本"),
        ("\x7f", "\x7f"),
        ("", None),
        ("\u3000 \u2003", None),
        ("\x1c\x1d\x1e\x1f\x0b", None),
    ],
)
def test_text_is_kept_unless_it_is_blank(text: str, expected: Any) -> None:
    assert read("text", literal(text)) == expected
