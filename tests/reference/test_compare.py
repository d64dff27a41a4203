"""The comparison of marts sees what it must see, and no more."""

from datetime import date, datetime
from decimal import Decimal

from tests.reference.compare import differences

COLUMNS = ["person_id", "day", "seen_at", "is_won", "rate", "reason"]
ROW = {
    "person_id": "007",
    "day": date(2025, 1, 2),
    "seen_at": datetime(2025, 1, 2, 3, 4, 5),
    "is_won": True,
    "rate": Decimal("0.5"),
    "reason": None,
}
AS_TEXT = {
    "person_id": "007",
    "day": "2025-01-02",
    "seen_at": "2025-01-02T03:04:05.000000Z",
    "is_won": "true",
    "rate": "0.50000000001",
    "reason": "",
}


def test_the_same_rows_read_from_text_and_in_another_order_are_equal() -> None:
    other = ROW | {"person_id": "008"}
    assert differences([AS_TEXT, AS_TEXT | {"person_id": "008"}], [other, ROW], COLUMNS) == []


def test_every_kind_of_cell_can_differ() -> None:
    changes = {
        "person_id": "7",
        "day": date(2025, 1, 3),
        "seen_at": datetime(2025, 1, 2, 3, 4, 5, 1),
        "is_won": False,
        "rate": Decimal("0.50001"),
        "reason": "budget",
    }
    for column, value in changes.items():
        assert differences([AS_TEXT], [ROW | {column: value}], COLUMNS), column


def test_a_null_number_is_not_zero() -> None:
    assert differences([ROW | {"rate": None}], [ROW | {"rate": 0}], COLUMNS)


def test_a_row_twice_is_not_a_row_once() -> None:
    assert differences([ROW, ROW], [ROW], COLUMNS)
