"""The reference's own reading of files, by hand-worked cases of section 2."""

from datetime import datetime
from decimal import Decimal

import pytest

from tests.reference.landing import read
from tests.reference.values import BadValueError, decimal, identifier, instant, integer

LEAD = b"lead_id,created_at,email\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("2025-01-02", datetime(2025, 1, 1, 15)),
        ("2025/01/02 00:30", datetime(2025, 1, 1, 15, 30)),
        ("2025-01-02T00:00:00.5Z", datetime(2025, 1, 2, 0, 0, 0, 500_000)),
        ("2025-01-02 09:00:00+0900", datetime(2025, 1, 2)),
        ("2025-01-02 00:00-05", datetime(2025, 1, 2, 5)),
        ("2099-12-31T23:59:59.999999Z", datetime(2099, 12, 31, 23, 59, 59, 999_999)),
    ],
)
def test_instants_without_offset_are_read_in_the_source_time_zone(
    source: str, expected: datetime
) -> None:
    assert instant(source, "Asia/Tokyo") == expected


@pytest.mark.parametrize(
    "source",
    [
        *(
            "2025-1-2",
            "2025-01/02",
            "2025-02-30",
            "2025-01-02T10",
            "2025-01-02Z",
            "soon",
            "2025-01-02T10:00+9",
        ),
        *("2025-01-02 10:00:00.1234567", "2025-01-02 24:00"),
        *("1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z"),
    ],
)
def test_other_instants_are_bad(source: str) -> None:
    with pytest.raises(BadValueError):
        instant(source, "UTC")


def test_ids_that_became_floats() -> None:
    ids = (900.0, 1e3, -0.0, 2.0**53 - 1, 7, "900.0")
    assert [identifier(value, "") for value in ids] == [
        *("900", "1000", "0", "9007199254740991", "7", "900.0")
    ]
    for bad in (900.5, 2.0**53, float("inf")):
        with pytest.raises(BadValueError):
            identifier(bad, "")


def test_numbers() -> None:
    assert [integer(text, "") for text in ("+7", "-0", "12.0")] == [7, 0, 12]
    assert decimal("-1.005", "") == Decimal("-1.01")
    for bad in ("1,200", "12.5", "1e3", ""):
        with pytest.raises(BadValueError):
            integer(bad, "")
    with pytest.raises(BadValueError):
        decimal("1" * 17, "")


def test_a_late_file_takes_its_place_by_name_and_an_old_content_loads_nothing() -> None:
    first, corrected = LEAD + b"a,2025-01-01,first\n", LEAD + b"a,2025-01-01,corrected\n"
    late = LEAD + b"a,2025-01-01,late\nb,2025-01-01,only\n"
    landed = read(
        [
            ("leads", "2.csv", first),
            ("leads", "2.csv", corrected),
            ("leads", "2.csv", first),
            ("leads", "1.csv", late),
        ],
        "UTC",
    )
    assert {row["lead_id"]: row["email"] for row in landed.rows["leads"]} == {
        "a": "corrected",
        "b": "only",
    }
    assert [
        (row["file"], row["delivery"], row["rows_loaded"], row["rows_replaced"])
        for row in landed.audit
    ] == [("1.csv", 1, 1, 1), ("2.csv", 1, 0, 1), ("2.csv", 2, 1, 0)]
